"""Alembic's scripts for the schema `booking`."""
