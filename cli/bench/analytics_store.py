"""The event store measured beside the folds of the same process, on a PostgreSQL of the bench's own that is durable."""

import time
from collections.abc import Iterator
from contextlib import closing

from sqlalchemy import create_engine, text

from cli.bench.analytics_load import Stage, wait
from cli.bench.measure import Measurement
from cli.servers.guard import Guard
from cli.servers.ports import free_port
from cli.servers.postgres import PostgresPlan, PostgresServer

WRITES_BAR = 40_000.0
_COUNT = """
    SELECT count(*) FROM analytics.events JOIN analytics.kinds USING (kind_id) WHERE topic = 'user_actions'
"""


def beside(made: Stage, group: str, total: int) -> Iterator[Measurement]:
    """A worker that folds ``total`` actions and stores them at once: how fast each goes while both are busy."""
    with closing(Guard()) as guard:
        home = made.home / group
        postgres = PostgresServer.start(PostgresPlan(home / "postgres", home / "postgres.log", free_port()), guard)
        try:
            postgres.wait()
            yield from _figures(made, group, total, postgres)
        finally:
            postgres.stop()


def _figures(made: Stage, group: str, total: int, postgres: PostgresServer) -> Iterator[Measurement]:
    worker = made.start(group, LUNA_DATABASE__URL=postgres.url(), LUNA_STORE__GROUP=f"{group}-store")
    early = total // 10
    wait(lambda: min(worker.consumed(), worker.stored()) >= early)
    folded, stored, cpu, began = worker.consumed(), worker.stored(), worker.cpu_seconds(), time.monotonic()
    if max(folded, stored) >= total:
        raise RuntimeError(f"of {total:,} records one of folds and store was done before the other began: too few")
    wait(lambda: max(worker.consumed(), worker.stored()) >= total)
    seconds, busy = time.monotonic() - began, worker.cpu_seconds() - cpu
    writes, folds = (worker.stored() - stored) / seconds, (worker.consumed() - folded) / seconds
    yield Measurement("event store writes beside the folds, one worker", writes, "events/s", bar=WRITES_BAR)
    yield Measurement("the same, folds meanwhile", folds, "events/s")
    yield Measurement("the same, CPU time of the process a second", busy / seconds, "s")
    wait(lambda: worker.consumed() >= total and worker.stored() >= total)
    engine = create_engine(postgres.url())
    with engine.connect() as connection:
        rows = int(connection.execute(text(_COUNT)).scalar_one())
    engine.dispose()
    name = "the same, records that the store is short of"
    yield Measurement(name, total - rows, "records", bar=0, lower_is_better=True)
    made.stop(worker)
