"""Alembic's scripts for the schema `analytics`."""
