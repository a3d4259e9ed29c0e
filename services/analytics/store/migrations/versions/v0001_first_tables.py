"""The first tables."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE analytics.scopes (
        scope_id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        run_id TEXT COLLATE "C" NOT NULL,
        branch INTEGER NOT NULL,
        world TEXT NOT NULL,
        city TEXT NOT NULL,
        lives_since_us BIGINT,
        UNIQUE (run_id, branch)
    )
    """,
    """
    CREATE TABLE analytics.kinds (
        kind_id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        topic TEXT COLLATE "C" NOT NULL,
        event_type TEXT COLLATE "C" NOT NULL,
        source TEXT COLLATE "C" NOT NULL,
        UNIQUE (topic, event_type, source)
    )
    """,
    """
    CREATE TABLE analytics.positions (
        topic TEXT COLLATE "C" NOT NULL,
        partition INTEGER NOT NULL,
        next_offset BIGINT NOT NULL,
        PRIMARY KEY (topic, partition)
    )
    """,
    # the key is what makes every event be there once; all else is for questions, and each index costs writing speed
    """
    CREATE TABLE analytics.events (
        day INTEGER NOT NULL,
        event_id TEXT COLLATE "C" NOT NULL,
        simulation_us BIGINT NOT NULL,
        scope_id INTEGER NOT NULL,
        kind_id INTEGER NOT NULL,
        partition INTEGER NOT NULL,
        "offset" BIGINT NOT NULL,
        user_id TEXT COLLATE "C",
        other_user_id TEXT COLLATE "C",
        venue_id TEXT COLLATE "C",
        booking_id TEXT COLLATE "C",
        cause_id TEXT COLLATE "C",
        correlation_id TEXT COLLATE "C",
        body BYTEA NOT NULL,
        PRIMARY KEY (day, event_id)
    ) PARTITION BY LIST (day)
    """,
    "CREATE INDEX events_time ON analytics.events (simulation_us)",
    "CREATE INDEX events_user ON analytics.events (user_id, simulation_us) WHERE user_id IS NOT NULL",
    "CREATE INDEX events_other ON analytics.events (other_user_id, simulation_us) WHERE other_user_id IS NOT NULL",
    "CREATE INDEX events_booking ON analytics.events USING hash (booking_id) WHERE booking_id IS NOT NULL",
    "CREATE INDEX events_correlation ON analytics.events USING hash (correlation_id) WHERE correlation_id IS NOT NULL",
    "CREATE TABLE analytics.days (day INTEGER PRIMARY KEY)",
    """
    CREATE VIEW analytics.history AS
    SELECT s.run_id, s.branch, k.topic, k.event_type, k.source, s.world, s.city,
           to_timestamp(0) + e.simulation_us * INTERVAL '1 microsecond' AS simulation_time,
           e.event_id, e.partition, e."offset", e.user_id, e.other_user_id, e.venue_id, e.booking_id, e.cause_id,
           e.correlation_id, e.day, e.simulation_us, e.body
    FROM analytics.events e JOIN analytics.scopes s USING (scope_id) JOIN analytics.kinds k USING (kind_id)
    """,
    """
    CREATE TABLE analytics.aggregates (
        scope_id INTEGER NOT NULL,
        width_us BIGINT NOT NULL,
        start_us BIGINT NOT NULL,
        metric TEXT COLLATE "C" NOT NULL,
        dimension TEXT COLLATE "C" NOT NULL,
        dimension_value TEXT COLLATE "C" NOT NULL,
        version INTEGER NOT NULL,
        count BIGINT,
        value DOUBLE PRECISION,
        rolled_up BOOLEAN NOT NULL,
        PRIMARY KEY (scope_id, width_us, start_us, metric, dimension, dimension_value)
    )
    """,
    """
    CREATE TABLE analytics.replays (
        replay_id TEXT COLLATE "C" PRIMARY KEY,
        scope_id INTEGER NOT NULL,
        topics TEXT[] NOT NULL,
        event_types TEXT[],
        user_id TEXT COLLATE "C",
        venue_id TEXT COLLATE "C",
        from_us BIGINT NOT NULL,
        to_us BIGINT NOT NULL,
        speed DOUBLE PRECISION NOT NULL,
        asked_us BIGINT NOT NULL,
        status TEXT COLLATE "C" NOT NULL,
        stopping BOOLEAN NOT NULL DEFAULT false,
        told BIGINT NOT NULL DEFAULT 0,
        at_us BIGINT,
        at_event_id TEXT COLLATE "C",
        reason TEXT,
        held_by TEXT,
        held_until_us BIGINT NOT NULL DEFAULT 0
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP VIEW analytics.history")
    for table in ("replays", "aggregates", "days", "events", "positions", "kinds", "scopes"):
        op.execute(f"DROP TABLE analytics.{table}")
