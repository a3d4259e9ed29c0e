# ruff: noqa: D102 - what each method does stands at the port
"""What has been seen, how far, what waits for an answer, and who wants to go where, in PostgreSQL."""

from collections.abc import Iterable, Mapping, Sequence

from services.booking.adapters.session import Session, names_of
from services.booking.ports import Interest, Question, Scope, Tick


class Bookkeeping(Session):
    """The part of `BookingState` that is about records consumed and people waiting."""

    def fresh(self, scope: Scope, event_ids: Sequence[str], day: int = 0) -> set[str]:
        if not event_ids:
            return set()
        query = (
            "INSERT INTO booking.inbox (scope_id, event_id, day) SELECT %s, unnest(%s::text[]), %s"
            " ON CONFLICT DO NOTHING RETURNING event_id"
        )
        return {row[0] for row in self._all(query, self._scope(scope), names_of(event_ids), day)}

    def times(self, scope: Scope, keys: Iterable[str]) -> dict[str, int]:
        query = "SELECT key, time_us FROM booking.times WHERE scope_id = %s AND key = ANY(%s) ORDER BY key FOR UPDATE"
        return dict(self._all(query, self._scope(scope), names_of(keys)))

    def put_times(self, scope: Scope, times: Mapping[str, int]) -> None:
        query = (
            "INSERT INTO booking.times AS t SELECT %s, * FROM unnest(%s::text[], %s::bigint[]) ON CONFLICT"
            " (scope_id, key) DO UPDATE SET time_us = excluded.time_us WHERE t.time_us < excluded.time_us"
        )
        keys = sorted(times)
        self._run(query, self._scope(scope), keys, [times[key] for key in keys])

    def advance(self, positions: Mapping[tuple[str, int], int]) -> None:
        query = (
            "INSERT INTO booking.positions AS p SELECT * FROM unnest(%s::text[], %s::int[], %s::bigint[]) ON CONFLICT"
            " (topic, partition) DO UPDATE SET next_offset = excluded.next_offset"
            " WHERE p.next_offset < excluded.next_offset"
        )
        places = sorted(positions)
        values = [t for t, _ in places], [p for _, p in places], [positions[place] for place in places]
        self._run(query, *values)

    def positions(self) -> dict[tuple[str, int], int]:
        rows = self._all("SELECT topic, partition, next_offset FROM booking.positions")
        return {(topic, partition): offset for topic, partition, offset in rows}

    def forget_positions(self) -> None:
        """The topics are new ones: nothing of them has been consumed."""
        self._run("DELETE FROM booking.positions")

    def tick(self, scope: Scope) -> Tick | None:
        query = "SELECT event_id, time_us, positions, world, city FROM booking.ticks WHERE scope_id = %s"
        rows = self._all(query, self._scope(scope))
        return Tick(*rows[0]) if rows else None

    def put_tick(self, scope: Scope, tick: Tick) -> None:
        self.drop_tick(scope)
        values = tick.event_id, tick.time_us, tick.positions, tick.world, tick.city
        self._run("INSERT INTO booking.ticks VALUES (%s, %s, %s, %s, %s, %s)", self._scope(scope), *values)

    def drop_tick(self, scope: Scope) -> None:
        self._run("DELETE FROM booking.ticks WHERE scope_id = %s", self._scope(scope))

    def live(self) -> Scope | None:
        rows = self._all("SELECT run_id, branch FROM booking.live JOIN booking.scopes USING (scope_id)")
        return Scope(*rows[0]) if rows else None

    def put_live(self, scope: Scope) -> None:
        query = (
            "INSERT INTO booking.live AS l VALUES (true, %s) ON CONFLICT (one) DO UPDATE"
            " SET scope_id = excluded.scope_id WHERE l.scope_id <> excluded.scope_id"
        )
        self._run(query, self._scope(scope))

    def questions(self, scope: Scope, booking_ids: Iterable[str]) -> list[Question]:
        query = (
            "SELECT booking_id, request_id, event_id, asked_us, kind FROM booking.questions"
            " WHERE scope_id = %s AND booking_id = ANY(%s) ORDER BY asked_us, request_id"
        )
        return [Question(*row) for row in self._all(query, self._scope(scope), names_of(booking_ids))]

    def put_questions(self, scope: Scope, questions: Sequence[Question]) -> None:
        number = self._scope(scope)
        self._copy(
            "questions",
            ((number, q.request_id, q.booking_id, q.event_id, q.asked_us, q.kind) for q in questions),
        )

    def drop_questions(self, scope: Scope, request_ids: Sequence[str]) -> None:
        query = "DELETE FROM booking.questions WHERE scope_id = %s AND request_id = ANY(%s)"
        self._run(query, self._scope(scope), names_of(request_ids))

    def interests(self, scope: Scope, venue_id: str, since_us: int, limit: int) -> list[Interest]:
        query = (
            "SELECT venue_id, user_id, preferred_us, party_size FROM booking.interests WHERE scope_id = %s"
            " AND venue_id = %s AND preferred_us >= %s ORDER BY preferred_us, user_id LIMIT %s"
        )
        return [Interest(*row) for row in self._all(query, self._scope(scope), venue_id, since_us, limit)]

    def interests_of(self, scope: Scope, user_ids: Iterable[str]) -> list[Interest]:
        query = (
            "SELECT venue_id, user_id, preferred_us, party_size FROM booking.interests WHERE scope_id = %s"
            " AND user_id = ANY(%s) ORDER BY user_id, venue_id"
        )
        return [Interest(*row) for row in self._all(query, self._scope(scope), names_of(user_ids))]

    def put_interests(self, scope: Scope, interests: Sequence[Interest]) -> None:
        latest = {(interest.venue_id, interest.user_id): interest for interest in interests}
        rows = [(i.venue_id, i.user_id, i.preferred_us, i.party_size) for _, i in sorted(latest.items())]
        query = (
            "INSERT INTO booking.interests SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::int[])"
            " ON CONFLICT (scope_id, venue_id, user_id) DO UPDATE"
            " SET preferred_us = excluded.preferred_us, party_size = excluded.party_size"
        )
        if rows:
            self._run(query, self._scope(scope), *map(list, zip(*rows, strict=True)))

    def drop_interests(self, scope: Scope, venue_id: str, user_ids: Sequence[str]) -> None:
        query = "DELETE FROM booking.interests WHERE scope_id = %s AND venue_id = %s AND user_id = ANY(%s)"
        self._run(query, self._scope(scope), venue_id, names_of(user_ids))
