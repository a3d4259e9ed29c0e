"""Runs the migrations on the connection it is given."""

from alembic import context
from sqlalchemy import text

from services.analytics.store.database import SCHEMA

connection = context.config.attributes["connection"]
connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
context.configure(connection=connection, version_table_schema=SCHEMA)
context.run_migrations()
