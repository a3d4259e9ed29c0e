"""The first tables."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "bookings",
    "claims",
    "inbox",
    "interests",
    "live",
    "outbox",
    "positions",
    "questions",
    "scopes",
    "ticks",
    "times",
    "venues",
)
STATEMENTS = (
    """
    CREATE TABLE booking.bookings (
        scope_id INTEGER NOT NULL,
        booking_id TEXT COLLATE "C" NOT NULL,
        venue_id TEXT COLLATE "C" NOT NULL,
        user_id TEXT COLLATE "C" NOT NULL,
        party_size INTEGER NOT NULL,
        asked_start_us BIGINT NOT NULL,
        flexibility_minutes INTEGER NOT NULL,
        requested_us BIGINT NOT NULL,
        created_by TEXT NOT NULL,
        group_id TEXT,
        member_ids TEXT,
        world TEXT NOT NULL,
        city TEXT NOT NULL,
        cause_id TEXT,
        status TEXT COLLATE "C" NOT NULL,
        start_us BIGINT NOT NULL,
        duration_minutes INTEGER NOT NULL,
        tables TEXT NOT NULL,
        seats INTEGER NOT NULL,
        code TEXT COLLATE "C",
        reason TEXT,
        due_us BIGINT,
        PRIMARY KEY (scope_id, booking_id)
    )
    """,
    """
    CREATE INDEX bookings_due ON booking.bookings (scope_id, due_us, booking_id) WHERE due_us IS NOT NULL
    """,
    """
    CREATE UNIQUE INDEX bookings_live_code ON booking.bookings (scope_id, code) WHERE status IN ('confirmed', 'seated')
    """,
    """
    CREATE INDEX bookings_of_user ON booking.bookings (scope_id, user_id, requested_us)
    """,
    """
    CREATE INDEX bookings_of_venue ON booking.bookings (scope_id, venue_id, requested_us)
    """,
    """
    CREATE INDEX bookings_waiting ON booking.bookings (scope_id, venue_id) WHERE status IN ('requested', 'waitlisted')
    """,
    """
    CREATE TABLE booking.claims (
        scope_id INTEGER NOT NULL,
        venue_id TEXT COLLATE "C" NOT NULL,
        slot INTEGER NOT NULL,
        table_number SMALLINT NOT NULL,
        booking_id TEXT COLLATE "C" NOT NULL,
        slots SMALLINT,
        PRIMARY KEY (scope_id, venue_id, slot, table_number)
    )
    """,
    """
    CREATE TABLE booking.inbox (
        scope_id INTEGER NOT NULL,
        event_id TEXT COLLATE "C" NOT NULL,
        PRIMARY KEY (scope_id, event_id)
    )
    """,
    """
    CREATE TABLE booking.interests (
        scope_id INTEGER NOT NULL,
        venue_id TEXT COLLATE "C" NOT NULL,
        user_id TEXT COLLATE "C" NOT NULL,
        preferred_us BIGINT NOT NULL,
        party_size INTEGER NOT NULL,
        PRIMARY KEY (scope_id, venue_id, user_id)
    )
    """,
    """
    CREATE TABLE booking.live (
        one BOOLEAN NOT NULL,
        scope_id INTEGER NOT NULL,
        PRIMARY KEY (one)
    )
    """,
    """
    CREATE TABLE booking.outbox (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        topic TEXT NOT NULL,
        key BYTEA NOT NULL,
        value BYTEA NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE booking.positions (
        topic TEXT COLLATE "C" NOT NULL,
        partition INTEGER NOT NULL,
        next_offset BIGINT NOT NULL,
        PRIMARY KEY (topic, partition)
    )
    """,
    """
    CREATE TABLE booking.questions (
        scope_id INTEGER NOT NULL,
        request_id TEXT COLLATE "C" NOT NULL,
        booking_id TEXT COLLATE "C" NOT NULL,
        event_id TEXT COLLATE "C" NOT NULL,
        asked_us BIGINT NOT NULL,
        kind TEXT NOT NULL,
        PRIMARY KEY (scope_id, request_id)
    )
    """,
    """
    CREATE INDEX questions_of_booking ON booking.questions (scope_id, booking_id)
    """,
    """
    CREATE TABLE booking.scopes (
        scope_id INTEGER GENERATED ALWAYS AS IDENTITY,
        run_id TEXT COLLATE "C" NOT NULL,
        branch INTEGER NOT NULL,
        PRIMARY KEY (scope_id),
        CONSTRAINT scopes_run_branch UNIQUE (run_id, branch)
    )
    """,
    """
    CREATE TABLE booking.ticks (
        scope_id SERIAL NOT NULL,
        event_id TEXT COLLATE "C" NOT NULL,
        time_us BIGINT NOT NULL,
        positions TEXT NOT NULL,
        world TEXT NOT NULL,
        city TEXT NOT NULL,
        PRIMARY KEY (scope_id)
    )
    """,
    """
    CREATE TABLE booking.times (
        scope_id INTEGER NOT NULL,
        key TEXT COLLATE "C" NOT NULL,
        time_us BIGINT NOT NULL,
        PRIMARY KEY (scope_id, key)
    )
    """,
    """
    CREATE TABLE booking.venues (
        scope_id INTEGER NOT NULL,
        venue_id TEXT COLLATE "C" NOT NULL,
        name TEXT NOT NULL,
        tables TEXT NOT NULL,
        opening_hours TEXT NOT NULL,
        time_zone TEXT NOT NULL,
        takes_bookings BOOLEAN NOT NULL,
        PRIMARY KEY (scope_id, venue_id)
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    # many small updates of the same rows: leave room for them on their page
    op.execute("ALTER TABLE booking.times SET (fillfactor = 50)")
    op.execute("ALTER TABLE booking.bookings SET (fillfactor = 80)")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TABLE booking.{table}")
