"""Questions on ``requests`` that analytics owns: answered from the live state, or handed to the event store."""

import json
from collections.abc import Iterator

import polars as pl

from services.analytics.domain.branches import BranchState
from services.analytics.domain.emitting import SOURCE, Row
from services.analytics.domain.queries import NotFoundError, RefusedError, answer
from services.analytics.store.answering import KINDS, Asked, StoreAnswering, reply_row
from services.analytics.store.old_figures import incomplete, reaches_back
from streamkit.clock import Clock

_STORE_OFF = "the event store is switched off here (LUNA_STORE__ENABLED)"


class Answering:
    """Answers from the live state; a question whose deadline has passed is not answered: nobody waits for it.

    What the event store answers is handed to it and answered later, so that no fold waits for a database.
    """

    def __init__(self, clock: Clock, store: StoreAnswering | None = None) -> None:
        self._clock = clock
        self._store = store

    def answer(self, live: BranchState | None, frame: pl.DataFrame) -> Iterator[tuple[str, Row]]:
        """Rows for ``replies`` to the questions of a frame."""
        now = self._clock.now_us()
        mine = frame.filter((pl.col("owner") == SOURCE) & (pl.col("deadline") > now))
        for question in mine.iter_rows(named=True):
            reply = self._stored(live, question) if question["kind"] in KINDS else self._respond(live, question)
            if reply is not None:
                yield "replies", reply_row(question, *reply, now)

    def _stored(self, live: BranchState | None, question: Row) -> tuple[str, str | None, str | None] | None:
        """Why the store does not take a question; None where it does."""
        if self._store is None:
            return "error", _STORE_OFF, None
        refusal = self._store.offer(Asked(question, live.scope if live else None))
        return None if refusal is None else ("error", refusal, None)

    def _respond(self, live: BranchState | None, question: Row) -> tuple[str, str | None, str | None] | None:
        """The answer from the live state; None where the store adds to it first."""
        try:
            found = answer(live, question["kind"], question["parameters"])
        except RefusedError as refused:
            return "rejected", str(refused), None
        except NotFoundError as unknown:
            return "not_found", str(unknown), None
        if live is not None and reaches_back(found):
            refusal = self._store.offer(Asked(question, live.scope, found)) if self._store else _STORE_OFF
            if refusal is None:
                return None
            found = incomplete(found, refusal)
        return "ok", None, json.dumps(found, separators=(",", ":"))
