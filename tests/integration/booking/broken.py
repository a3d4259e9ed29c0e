"""Booking broken on purpose, one promise at a time: what the ledger check must see, or it proves nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from psycopg import Cursor
from sqlalchemy import Engine, text

from services.booking import app
from services.booking.adapters.database import prepare
from services.booking.adapters.outbox import Relay
from services.booking.fail_points import FailPoint, no_failure
from services.booking.host import Host
from streamkit.positions import Positions
from streamkit.producer import Producer
from streamkit.records import Batch, Outgoing

PUBLISHED_LOCK = 0x626F726F
"""Who holds it finds the process that publishes first between its publishing and its commit."""


class MarksFirst(Relay):
    """Deletes the rows of the outbox, then publishes them: what dies in between is lost."""

    def _take(self) -> Any:
        chunk = super()._take()
        if chunk is not None:
            super()._delete(chunk)
        return chunk

    def _delete(self, chunk: Any) -> None:
        del chunk


class PublishesFirst(Host):
    """Publishes, then commits: what was told is not remembered by who dies in between."""

    def _effects(
        self, cursor: Cursor[Any], batches: Sequence[Batch], positions: Positions
    ) -> tuple[list[Outgoing], int]:
        stamped, _ = super()._effects(cursor, batches, positions)
        cursor.execute("DELETE FROM booking.outbox")
        producer = self._relay._publisher
        assert isinstance(producer, Producer)
        for one in map(self._codec.encode, stamped):
            for key, value in zip(one.keys, one.values, strict=True):
                producer._client.produce(one.topic, value, key)
        assert producer._client.flush(30) == 0
        if stamped:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (PUBLISHED_LOCK,))
        return stamped, 0


def prepare_without_constraint(engine: Engine, *, migrate: bool, fail_point: FailPoint = no_failure) -> None:
    """Tables on which a claim is held by the `if` of the decision alone: no constraint says no."""
    prepare(engine, migrate=migrate, fail_point=fail_point)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE booking.claims DROP CONSTRAINT IF EXISTS claims_pkey"))


def _replace(name: str, by: object) -> Callable[[], None]:
    def replace() -> None:
        vars(app)[name] = by

    return replace


VARIANTS: Mapping[str, Callable[[], None]] = {
    "marks first": _replace("Relay", MarksFirst),
    "publishes first": _replace("Host", PublishesFirst),
    "claims by an if": _replace("prepare", prepare_without_constraint),
}
