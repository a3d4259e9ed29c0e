"""How far each telling has come: what is kept goes by its clock, not by the newest date in the store."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE analytics.scopes ADD COLUMN ticked_us BIGINT")
    op.execute(
        """
        UPDATE analytics.scopes s SET ticked_us = t.at_us FROM (
            SELECT e.scope_id, max(e.simulation_us) AS at_us FROM analytics.events e
            JOIN analytics.kinds k USING (kind_id) WHERE k.event_type = 'simulator.tick' GROUP BY e.scope_id
        ) t WHERE t.scope_id = s.scope_id
        """
    )


def downgrade() -> None:
    op.execute("ALTER TABLE analytics.scopes DROP COLUMN ticked_us")
