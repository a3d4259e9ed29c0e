"""Questions on ``requests`` that analytics owns, and the rows for ``replies``."""

import json
from collections.abc import Iterator

import polars as pl

from services.analytics.domain.branches import BranchState
from services.analytics.domain.emitting import SOURCE, Row, caused
from services.analytics.domain.queries import NotFoundError, RefusedError, answer
from streamkit.clock import Clock


class Answering:
    """Answers from the live state; a question whose deadline has passed is not answered: nobody waits for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def answer(self, live: BranchState | None, frame: pl.DataFrame) -> Iterator[tuple[str, Row]]:
        """Rows for ``replies`` to the questions of a frame."""
        now = self._clock.now_us()
        mine = frame.filter((pl.col("owner") == SOURCE) & (pl.col("deadline") > now))
        for question in mine.iter_rows(named=True):
            status, reason, payload = _respond(live, question)
            yield (
                "replies",
                caused(
                    question,
                    "reply.given",
                    user_id=question["user_id"],
                    request_id=question["request_id"],
                    status=status,
                    reason=reason,
                    payload=payload,
                    wall_time=now,
                ),
            )


def _respond(live: BranchState | None, question: Row) -> tuple[str, str | None, str | None]:
    try:
        found = answer(live, question["kind"], question["parameters"])
    except RefusedError as refused:
        return "rejected", str(refused), None
    except NotFoundError as unknown:
        return "not_found", str(unknown), None
    return "ok", None, json.dumps(found, separators=(",", ":"))
