"""Runs the migrations on the connection it is given."""

from alembic import context
from sqlalchemy import text

from services.booking.adapters.schema import SCHEMA, metadata

connection = context.config.attributes["connection"]
connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
context.configure(connection=connection, target_metadata=metadata, version_table_schema=SCHEMA, include_schemas=True)
context.run_migrations()
