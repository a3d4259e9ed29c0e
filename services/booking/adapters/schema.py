"""The tables of schema `booking`. The migrations make them; a test compares the two.

Everything but outbox and positions is keyed by a scope, one (run, branch). Moments are UTC microseconds.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

SCHEMA = "booking"
metadata = MetaData(schema=SCHEMA)

WORD = Text(collation="C")
"""Ids compare byte by byte, as Python compares them."""


def _scope() -> Column[int]:
    return Column("scope_id", Integer, primary_key=True)


def _booking_columns() -> list[Column[Any]]:
    return [
        Column("booking_id", WORD, primary_key=True),
        Column("venue_id", WORD, nullable=False),
        Column("user_id", WORD, nullable=False),
        Column("party_size", Integer, nullable=False),
        Column("asked_start_us", BigInteger, nullable=False),
        Column("flexibility_minutes", Integer, nullable=False),
        Column("requested_us", BigInteger, nullable=False),
        Column("created_by", Text, nullable=False),
        Column("group_id", Text),
        Column("member_ids", Text),
        Column("world", Text, nullable=False),
        Column("city", Text, nullable=False),
        Column("cause_id", Text),
        Column("status", WORD, nullable=False),
        Column("start_us", BigInteger, nullable=False),
        Column("duration_minutes", Integer, nullable=False),
        Column("tables", Text, nullable=False),
        Column("seats", Integer, nullable=False),
        Column("code", WORD),
        Column("reason", Text),
        Column("due_us", BigInteger),
        Column("deposit_minor", BigInteger),
    ]


scopes = Table(
    "scopes",
    metadata,
    Column("scope_id", Integer, Identity(always=True), primary_key=True),
    Column("run_id", WORD, nullable=False),
    Column("branch", Integer, nullable=False),
    Column("venues_version", Integer, nullable=False, server_default=text("0")),  # counts the changes of its venues
    Column("inbox_day", Integer, nullable=False, server_default=text("0")),  # earlier days have left the inbox
    UniqueConstraint("run_id", "branch", name="scopes_run_branch"),
)
live = Table("live", metadata, Column("one", Boolean, primary_key=True), Column("scope_id", Integer, nullable=False))
inbox = Table(
    "inbox",
    metadata,
    _scope(),
    Column("event_id", WORD, primary_key=True),
    Column("day", Integer, nullable=False),  # simulated, counted from 1970
    Index("inbox_days", "scope_id", "day"),
)
venues = Table(
    "venues",
    metadata,
    _scope(),
    Column("venue_id", WORD, primary_key=True),
    Column("name", Text, nullable=False),
    Column("tables", Text, nullable=False),
    Column("opening_hours", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("takes_bookings", Boolean, nullable=False),
    Column("city", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("cuisine", Text),
    Column("price_tier", Integer, nullable=False),
    Column("latitude", Double, nullable=False),
    Column("longitude", Double, nullable=False),
    Column("outdoor_seating", Boolean, nullable=False),
)
conditions = Table(
    "conditions",
    metadata,
    _scope(),
    Column("city", WORD, primary_key=True),
    Column("kind", WORD, primary_key=True),
    Column("name", WORD, primary_key=True),
    Column("starts_us", BigInteger, nullable=False),
    Column("ends_us", BigInteger),
    Column("word", Text),
    Column("value", Double),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("radius_km", Double),
)
bookings = Table(
    "bookings",
    metadata,
    _scope(),
    *_booking_columns(),
    Index(
        "bookings_live_code",
        "scope_id",
        "code",
        unique=True,
        postgresql_where=text("status IN ('confirmed', 'seated')"),
    ),
    Index("bookings_due", "scope_id", "due_us", "booking_id", postgresql_where=text("due_us IS NOT NULL")),
    Index(
        "bookings_waiting",
        "scope_id",
        "venue_id",
        postgresql_where=text("status IN ('requested', 'waitlisted')"),
    ),
    Index("bookings_of_user", "scope_id", "user_id", "requested_us"),
    Index("bookings_of_venue", "scope_id", "venue_id", "requested_us"),
    Index(
        "bookings_over",
        "scope_id",
        "start_us",
        postgresql_where=text("status IN ('declined', 'expired', 'cancelled', 'completed', 'no_show')"),
    ),
)
archive = Table(
    "archive",
    metadata,
    _scope(),
    *_booking_columns(),
    Index("archive_of_user", "scope_id", "user_id", "requested_us"),
    Index("archive_of_venue", "scope_id", "venue_id", "requested_us"),
    Index("archive_start", "start_us", postgresql_using="brin"),
)
"""Bookings that are long over, written in the order of their starts."""
claims = Table(
    "claims",
    metadata,
    _scope(),
    Column("venue_id", WORD, primary_key=True),
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("table_number", SmallInteger, primary_key=True, autoincrement=False),
    Column("booking_id", WORD, nullable=False),
    Column("slots", SmallInteger),  # length of the claim, on the row of its first slot only
)
"""The primary key is the guarantee: one booking a table and quarter of an hour."""
times = Table(
    "times",
    metadata,
    _scope(),
    Column("key", WORD, primary_key=True),
    Column("time_us", BigInteger, nullable=False),
)
ticks = Table(
    "ticks",
    metadata,
    _scope(),
    Column("event_id", WORD, nullable=False),
    Column("time_us", BigInteger, nullable=False),
    Column("positions", Text, nullable=False),
    Column("world", Text, nullable=False),
    Column("city", Text, nullable=False),
)
questions = Table(
    "questions",
    metadata,
    _scope(),
    Column("request_id", WORD, primary_key=True),
    Column("booking_id", WORD, nullable=False),
    Column("event_id", WORD, nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Index("questions_of_booking", "scope_id", "booking_id"),
)
interests = Table(
    "interests",
    metadata,
    _scope(),
    Column("venue_id", WORD, primary_key=True),
    Column("user_id", WORD, primary_key=True),
    Column("preferred_us", BigInteger, nullable=False),
    Column("party_size", Integer, nullable=False),
    Index("interests_of_user", "scope_id", "user_id"),
)
groups = Table(
    "groups",
    metadata,
    _scope(),
    Column("group_id", WORD, primary_key=True),
    Column("venue_id", WORD, nullable=False),
    Column("user_id", WORD, nullable=False),
    Column("start_us", BigInteger, nullable=False),
    Column("invited", Text, nullable=False),
    Column("smallest", Integer, nullable=False),
    Column("deadline_us", BigInteger, nullable=False),
    Column("hold_until_us", BigInteger, nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("world", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("cause_id", Text),
    Column("status", WORD, nullable=False),
    Column("accepted", Text, nullable=False),
    Column("declined", Text, nullable=False),
    Column("tables", Text, nullable=False),
    Column("duration_minutes", Integer, nullable=False),
    Column("booking_id", WORD),
    Column("reason", Text),
    Column("due_us", BigInteger),
    Index("groups_due", "scope_id", "due_us", "group_id", postgresql_where=text("due_us IS NOT NULL")),
    Index("groups_collecting", "scope_id", "user_id", postgresql_where=text("status = 'collecting'")),
)
positions = Table(
    "positions",
    metadata,
    Column("topic", WORD, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False),
)
outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("topic", Text, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("value", LargeBinary, nullable=False),
)
