"""Booking measured from outside: Kafka, one transaction, Kafka; beside pgbench on the same server.

Each request's outcome is counted, not only awaited: a figure of requests that were lost or answered twice is none.
"""

import re
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing

import numpy as np
import polars as pl
from sqlalchemy import create_engine, text

from cli.bench.booking_load import MINUTE, NOW, Stage, requests, stage, wait
from cli.bench.measure import Measurement
from cli.bench.peers import PeerError, run
from cli.servers.postgres import binaries

ROUNDS, EACH = 3, 20_000
BEFORE, STEADY, KILLED, FRESH, AFTER = 0, ROUNDS, ROUNDS + 1, ROUNDS + 2, 2 * ROUNDS + 2
"""First series of each figure, in the order of their time."""
STEADY_RATE, STEADY_SECONDS, BEAT_S = 500, 20, 0.01
PAST = 1_000_000
RATE_BAR, LATENCY_BAR_MS, RECOVERY_BAR_S = 3_000.0, 150.0, 15.0
FLAT_BAR = 0.8
"""Of the rate on empty tables, with a million bookings behind them: two runs on a shared machine differ by a tenth."""
PGBENCH_SECONDS, PGBENCH_SCALE, PGBENCH_CLIENTS = 10, 10, 4
_TPS = re.compile(r"tps = ([\d.]+)")

_PAST_BOOKINGS = """
INSERT INTO booking.bookings (scope_id, booking_id, venue_id, user_id, party_size, asked_start_us, flexibility_minutes,
    requested_us, created_by, world, city, status, start_us, duration_minutes, tables, seats, code)
SELECT scope_id, 'past-' || n, 'v' || lpad((n % 1200)::text, 5, '0'), 'u' || lpad((n % 100000)::text, 7, '0'), 2,
    at - 86400000000, 0, at - 86400000000, 'user', 'dining', 'new_york', 'completed', at, 90, (n % 13 + 1)::text, 2,
    'PAST-' || n
FROM booking.scopes, generate_series(1, :count) AS n, LATERAL (SELECT :now - n * (:span / :count) AS at) AS moment
WHERE run_id = 'bench'
"""
_PAST_EVENTS = """
INSERT INTO booking.inbox SELECT scope_id, 'past-' || n FROM booking.scopes, generate_series(1, :count) AS n
WHERE run_id = 'bench'
"""


def measure() -> Sequence[Measurement]:
    """On one pair of servers, one after the other: what each figure shares with the next is the machine."""
    with stage() as made:
        return list(_figures(made))


def _figures(made: Stage) -> Iterator[Measurement]:
    try:
        simple_updates = _pgbench(made)
    except PeerError:
        simple_updates = None
    made.start()
    before = _rate(made, BEFORE)
    peer = f"pgbench simple-update/s, {PGBENCH_CLIENTS} clients, same server"
    yield Measurement("requests decided, Kafka to Kafka", before.rate, "requests/s", peer, simple_updates, RATE_BAR)
    yield Measurement("the same, a second of the process's CPU time", before.cpu_rate, "requests/s")
    latencies = _latencies(made)
    for quantile, bar in ((50, None), (99, LATENCY_BAR_MS)):
        value = float(np.percentile(latencies, quantile))
        name = f"request to outcome at {STEADY_RATE} requests/s, p{quantile}"
        yield Measurement(name, value, "ms", bar=bar, lower_is_better=True)
    name = "first outcome after kill -9, started again at once"
    yield Measurement(name, _recovery(made), "s", bar=RECOVERY_BAR_S, lower_is_better=True)
    fresh = _rate(made, FRESH)
    _fill(made)
    after = _rate(made, AFTER)
    past = f"behind {PAST:,} past bookings"
    beside = "the same before they were there"
    yield Measurement(f"requests decided {past}", after.rate, "requests/s", beside, fresh.rate, FLAT_BAR * fresh.rate)
    yield Measurement(f"database time a 1,000 requests {past}", after.query_ms, "ms", beside, fresh.query_ms)
    yield Measurement(f"tables and indexes {past}", _size_mib(made), "MiB")


class _Round:
    """Medians of some rounds."""

    def __init__(self, rates: list[float], cpu_rates: list[float], query_ms: list[float]) -> None:
        self.rate = statistics.median(rates)
        self.cpu_rate = statistics.median(cpu_rates)
        self.query_ms = statistics.median(query_ms)


def _rate(made: Stage, first: int) -> _Round:
    """Requests a second from the first one's publishing to the last outcome, several times over."""
    _greet(made, first)
    rates, cpu_rates, query_ms = [], [], []
    for series in range(first, first + ROUNDS):
        end = made.decided() + 2 * EACH
        cpu, queries, began = made.cpu_seconds(), sum(made.query_seconds().values()), time.monotonic()
        made.publish(requests(EACH, series))
        wait(lambda: made.decided() >= end)  # noqa: B023 - called before the next turn
        rates.append(EACH / (time.monotonic() - began))
        cpu_rates.append(EACH / (made.cpu_seconds() - cpu))
        query_ms.append((sum(made.query_seconds().values()) - queries) / EACH * 1e6)
    _each_once(made, [f"s{series}-" for series in range(first, first + ROUNDS)], ROUNDS * EACH)
    return _Round(rates, cpu_rates, query_ms)


def _greet(made: Stage, series: int) -> None:
    """Until the service answers."""
    end = made.decided() + 2
    made.publish(requests(1, series, f"greeting{series}"))
    wait(lambda: made.decided() >= end)


def _each_once(made: Stage, series: list[str], count: int) -> None:
    """Raises where a request of the series has no outcome or two."""
    told = made.outcomes().filter(pl.any_horizontal(pl.col("booking_id").str.starts_with(one) for one in series))
    if told.height != count or told["booking_id"].n_unique() != count:
        raise RuntimeError(
            f"{count:,} requests, {told.height:,} outcomes of {told['booking_id'].n_unique():,} bookings"
        )


def _latencies(made: Stage) -> list[float]:
    """Milliseconds from the handing over of each request to the reading of its outcome, at a steady rate."""
    count = STEADY_RATE * STEADY_SECONDS
    output = requests(count, STEADY)
    encoded, ids = made.codec.encode(output), [f"s{STEADY}-{number:07}" for number in range(count)]
    told: dict[str, float] = {}
    reading = threading.Thread(target=_read, args=(made, told, count))
    reading.start()
    sent: dict[str, float] = {}
    producer, began, each = made.producer(), time.monotonic(), int(STEADY_RATE * BEAT_S)
    for first in range(0, count, each):
        time.sleep(max(0.0, began + first / STEADY_RATE - time.monotonic()))
        for index in range(first, first + each):
            sent[ids[index]] = time.monotonic()
            producer.produce("bookings", encoded.values[index], encoded.keys[index])
        producer.poll(0)
    producer.flush()
    reading.join()
    warm = STEADY_RATE  # the first second belongs to the consumer's start
    return [(told[name] - sent[name]) * 1e3 for name in ids[warm:]]


def _read(made: Stage, told: dict[str, float], count: int) -> None:
    deadline = time.monotonic() + STEADY_SECONDS + 60
    with closing(made.reader(-1)) as reader:
        while len(told) < count and time.monotonic() < deadline:
            messages = reader.consume(1_000, 0.005)
            now = time.monotonic()
            values = [value for one in messages if (value := one.value()) is not None and one.error() is None]
            if values:
                frame = made.codec.decode("bookings", values).frame.filter(pl.col("source") == "booking")
                for name in frame["booking_id"].to_list():
                    told.setdefault(name, now)


def _recovery(made: Stage) -> float:
    made.publish(requests(EACH, KILLED))
    made.kill()
    began = time.monotonic()
    made.start()
    end = made.decided()
    wait(lambda: made.decided() > end)
    seconds = time.monotonic() - began
    wait(lambda: _told(made, f"s{KILLED}-") == EACH)
    _each_once(made, [f"s{KILLED}-"], EACH)
    return seconds


def _told(made: Stage, series: str) -> int:
    return made.outcomes().filter(pl.col("booking_id").str.starts_with(series)).height


def _pgbench(made: Stage) -> float:
    """Transactions a second of its simple-update, as it comes."""
    program = str(binaries() / "pgbench")
    address = made.postgres.create_database("pgbench").replace("+psycopg", "", 1)
    run([program, "-i", "-q", "-s", str(PGBENCH_SCALE), address])
    clients = ["-c", str(PGBENCH_CLIENTS), "-j", "2", "-T", str(PGBENCH_SECONDS)]
    return float(_TPS.findall(run([program, "-N", *clients, address]))[-1])


def _fill(made: Stage) -> None:
    """A million bookings of the last two years, all over."""
    engine = create_engine(made.postgres.url(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(_PAST_BOOKINGS), {"count": PAST, "now": NOW, "span": 730 * 1440 * MINUTE})
        connection.execute(text(_PAST_EVENTS), {"count": PAST})
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _size_mib(made: Stage) -> float:
    engine = create_engine(made.postgres.url())
    mine = "relnamespace = 'booking'::regnamespace AND relkind = 'r'"
    query = f"SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE {mine}"  # noqa: S608 - a constant
    with engine.connect() as connection:
        size = connection.execute(text(query)).scalar_one()
    engine.dispose()
    return float(size) / 2**20
