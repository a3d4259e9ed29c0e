"""An archive of the past, groups with held tables, what holds in the cities, deposits, and where venues are."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OVER = "('declined', 'expired', 'cancelled', 'completed', 'no_show')"
VENUE_COLUMNS = (
    "city TEXT NOT NULL DEFAULT ''",
    "category TEXT NOT NULL DEFAULT ''",
    "cuisine TEXT",
    "price_tier INTEGER NOT NULL DEFAULT 2",
    "latitude DOUBLE PRECISION NOT NULL DEFAULT 0",
    "longitude DOUBLE PRECISION NOT NULL DEFAULT 0",
    "outdoor_seating BOOLEAN NOT NULL DEFAULT false",
)
STATEMENTS = (
    "ALTER TABLE booking.scopes ADD COLUMN venues_version INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE booking.scopes ADD COLUMN inbox_day INTEGER NOT NULL DEFAULT 0",
    # events seen before this migration count as of day 0 and would leave at once: they are of the newest day instead
    "ALTER TABLE booking.inbox ADD COLUMN day INTEGER NOT NULL DEFAULT 0",
    """
    UPDATE booking.inbox AS i SET day = t.day
    FROM (SELECT scope_id, max(time_us) / 86400000000 AS day FROM booking.times GROUP BY scope_id) AS t
    WHERE t.scope_id = i.scope_id
    """,
    "CREATE INDEX inbox_days ON booking.inbox (scope_id, day)",
    *(f"ALTER TABLE booking.venues ADD COLUMN {column}" for column in VENUE_COLUMNS),
    "ALTER TABLE booking.bookings ADD COLUMN deposit_minor BIGINT",
    # what was never confirmed had no start of its own; the archive goes by it
    "UPDATE booking.bookings SET start_us = asked_start_us WHERE start_us = 0",
    f"CREATE INDEX bookings_over ON booking.bookings (scope_id, start_us) WHERE status IN {OVER}",
    "CREATE TABLE booking.archive (LIKE booking.bookings, PRIMARY KEY (scope_id, booking_id))",
    "CREATE INDEX archive_of_user ON booking.archive (scope_id, user_id, requested_us)",
    "CREATE INDEX archive_of_venue ON booking.archive (scope_id, venue_id, requested_us)",
    "CREATE INDEX archive_start ON booking.archive USING brin (start_us)",
    "CREATE INDEX interests_of_user ON booking.interests (scope_id, user_id)",
    """
    CREATE TABLE booking.conditions (
        scope_id INTEGER NOT NULL,
        city TEXT COLLATE "C" NOT NULL,
        kind TEXT COLLATE "C" NOT NULL,
        name TEXT COLLATE "C" NOT NULL,
        starts_us BIGINT NOT NULL,
        ends_us BIGINT,
        word TEXT,
        value DOUBLE PRECISION,
        latitude DOUBLE PRECISION,
        longitude DOUBLE PRECISION,
        radius_km DOUBLE PRECISION,
        PRIMARY KEY (scope_id, city, kind, name)
    )
    """,
    """
    CREATE TABLE booking.groups (
        scope_id INTEGER NOT NULL,
        group_id TEXT COLLATE "C" NOT NULL,
        venue_id TEXT COLLATE "C" NOT NULL,
        user_id TEXT COLLATE "C" NOT NULL,
        start_us BIGINT NOT NULL,
        invited TEXT NOT NULL,
        smallest INTEGER NOT NULL,
        deadline_us BIGINT NOT NULL,
        hold_until_us BIGINT NOT NULL,
        asked_us BIGINT NOT NULL,
        world TEXT NOT NULL,
        city TEXT NOT NULL,
        cause_id TEXT,
        status TEXT COLLATE "C" NOT NULL,
        accepted TEXT NOT NULL,
        declined TEXT NOT NULL,
        tables TEXT NOT NULL,
        duration_minutes INTEGER NOT NULL,
        booking_id TEXT COLLATE "C",
        reason TEXT,
        due_us BIGINT,
        PRIMARY KEY (scope_id, group_id)
    )
    """,
    "CREATE INDEX groups_due ON booking.groups (scope_id, due_us, group_id) WHERE due_us IS NOT NULL",
    "CREATE INDEX groups_collecting ON booking.groups (scope_id, user_id) WHERE status = 'collecting'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for table in ("archive", "conditions", "groups"):
        op.execute(f"DROP TABLE booking.{table}")
    for index in ("inbox_days", "bookings_over", "interests_of_user"):
        op.execute(f"DROP INDEX booking.{index}")
    op.execute("ALTER TABLE booking.scopes DROP COLUMN venues_version, DROP COLUMN inbox_day")
    op.execute("ALTER TABLE booking.inbox DROP COLUMN day")
    op.execute("ALTER TABLE booking.bookings DROP COLUMN deposit_minor")
    for column in VENUE_COLUMNS:
        op.execute(f"ALTER TABLE booking.venues DROP COLUMN {column.split()[0]}")
