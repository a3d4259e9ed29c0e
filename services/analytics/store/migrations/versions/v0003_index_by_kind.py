"""Records of a type are found without walking all of their time; docs/event-store.md has what it costs."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX events_kind ON analytics.events (kind_id, simulation_us)")


def downgrade() -> None:
    op.execute("DROP INDEX analytics.events_kind")
