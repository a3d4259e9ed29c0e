"""The event store measured beside the folds of the same process, on a PostgreSQL of the bench's own that is durable."""

import time
from collections.abc import Iterator
from contextlib import closing

from sqlalchemy import create_engine, text

from cli.bench.analytics_load import Stage, Worker, wait
from cli.bench.measure import Measurement
from cli.servers.guard import Guard
from cli.servers.ports import free_port
from cli.servers.postgres import PostgresPlan, PostgresServer

WRITES_BAR = 40_000.0
REST_S = 5.0
_COUNT = """
    SELECT count(*) FROM analytics.events JOIN analytics.kinds USING (kind_id) WHERE topic = 'user_actions'
"""


def beside(made: Stage, group: str, total: int) -> Iterator[Measurement]:
    """A worker that folds ``total`` actions and stores them at once: how fast each goes while both are busy.

    What is written is counted of all topics, what the folds publish included.
    """
    with closing(Guard()) as guard:
        home = made.home / group
        postgres = PostgresServer.start(PostgresPlan(home / "postgres", home / "postgres.log", free_port()), guard)
        try:
            postgres.wait()
            yield from _figures(made, group, total, postgres)
        finally:
            postgres.stop()


def _spell(seen: list[tuple[float, int, int]], column: int, total: int) -> tuple[float, float]:
    """When a tenth of the records was done, and when all were."""
    return (
        next(one[0] for one in seen if one[column] >= total // 10),
        next(one[0] for one in seen if one[column] >= total) + 1e-9,
    )


def _rest(worker: Worker) -> None:
    """Wait until the store writes nothing more: what is made of the actions is stored too, and counted with them."""
    before = -1
    while (now := worker.stored()) != before:
        before = now
        time.sleep(REST_S)


def _figures(made: Stage, group: str, total: int, postgres: PostgresServer) -> Iterator[Measurement]:
    worker = made.start(group, LUNA_DATABASE__URL=postgres.url(), LUNA_STORE__GROUP=f"{group}-store")
    seen: list[tuple[float, int, int]] = []

    def done() -> bool:
        seen.append((time.monotonic(), worker.consumed(), worker.stored()))
        return min(seen[-1][1:]) >= total

    wait(done)
    folds, writes = (_spell(seen, column, total) for column in (1, 2))
    shared = max(0.0, min(folds[1], writes[1]) - max(folds[0], writes[0])) / (writes[1] - writes[0])
    rate = 0.9 * total / (writes[1] - writes[0])
    yield Measurement("event store writes, one worker that folds as well", rate, "events/s", bar=WRITES_BAR)
    yield Measurement("the same, share of that time in which it folded", shared, "of it")
    yield Measurement("the same, folds", 0.9 * total / (folds[1] - folds[0]), "events/s")
    _rest(worker)
    engine = create_engine(postgres.url())
    with engine.connect() as connection:
        rows = int(connection.execute(text(_COUNT)).scalar_one())
    engine.dispose()
    name = "the same, records that the store is short of"
    yield Measurement(name, total - rows, "records", bar=0, lower_is_better=True)
    made.stop(worker)
