"""Analytics measured from outside: fetch, decode, all folds, tables, changelog; beside Quix Streams and plain Faust.

Every figure of a rate is of records whose effects are durable, and each is counted: a rate of lost records is none.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from cli.bench import analytics_peers as peers
from cli.bench import analytics_records as records
from cli.bench import analytics_store as event_store
from cli.bench.analytics_load import Stage, Worker, stage, wait
from cli.bench.codec import beside_fastavro
from cli.bench.measure import Measurement
from streamkit.positions import Positions, covers, parse_positions

RATE_BAR, DECODE_RATIO_BAR, QUIX_BAR, FAUST_BAR = 150_000.0, 5.0, 10.0, 12.0
FRESH_BAR_MS, RECOVERY_BAR_S, FLAT_BAR, TWO_BAR = 1_000.0, 20.0, 10.0, 1.6
TOPIC = "user_actions"
BEAT_S = 0.05
TICK_S = 5.0
"""Between ticks of a steady load: half a simulated hour; what is two hours ahead of a tick is a dead letter."""
REST_S = 2.0
"""Between catching up with all there is and the first record of a steady load: what a fresh process still tidies up."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured; less of it says the same with a larger spread."""

    rounds: int = 3
    warm: int = 100_000
    each: int = 1_000_000
    peers: int = 200_000
    users: int = 100_000
    steady_rate: int = 10_000
    steady_s: int = 30
    day_events: int = 2_880_000
    """Of 24 simulated hours: 2,000 a minute."""


QUICK = Sizes(1, 20_000, 300_000, 20_000, 20_000, 1_000, 6, 48_000)


def measure(sizes: Sizes | None = None) -> Sequence[Measurement]:
    """On one broker, one after the other."""
    with stage() as made:
        return list(_figures(made, sizes or Sizes()))


def measure_quick() -> Sequence[Measurement]:
    """The same in little: whether it works, not how fast it is."""
    return measure(QUICK)


def _figures(made: Stage, sizes: Sizes) -> Iterator[Measurement]:
    made.publish(records.venues(), records.living())
    for start in range(0, sizes.users, 50_000):
        made.publish(records.users(start, min(50_000, sizes.users - start)))
    sample = made.codec.encode(records.actions(0, sizes.warm, sizes.users, 2_000)).values
    ours, theirs, version = beside_fastavro(made.codec, TOPIC, sample)
    name = "decode of the real user_actions record"
    yield Measurement(name, ours, "records/s", version, theirs, DECODE_RATIO_BAR * theirs)
    made.publish(records.actions(0, sizes.warm, sizes.users, 2_000))
    made.bytes_sent = 0
    _publish(made, sizes.warm, sizes.each, sizes)
    size = made.bytes_sent / sizes.each
    total = sizes.warm + sizes.each
    one = [_rate(made, f"one{turn}", 1, total) for turn in range(sizes.rounds)]
    rate, cpu_rate = (float(np.median(column)) for column in np.array([(round_.rate, round_.cpu) for round_ in one]).T)
    name = "decode, all folds, tables and changelog, one worker"
    for peer, found, bar in (
        (*peers.quix(made, sizes.peers), QUIX_BAR),
        (*peers.plain_faust(made, sizes.peers), FAUST_BAR),
    ):
        yield Measurement(name, rate, "events/s", peer, found, max(RATE_BAR, bar * (found or 0.0)))
    yield Measurement("the same", rate * size / 1e6, "MB/s")
    yield Measurement("the same, a second of the process's CPU time", cpu_rate, "events/s", bar=RATE_BAR)
    two = _rate(made, "two", 2, total)
    yield Measurement("two workers, beside one", two.rate, "events/s", "one worker", rate, TWO_BAR * rate)
    yield Measurement("the same, share of the records that the lesser worker had", two.lesser, "of all")
    yield from event_store.beside(made, "stored", total)
    yield from _recovery(made, "recovered", total)
    yield from _freshness(made, sizes, total)
    yield from _memory(made, sizes, total + sizes.steady_rate * sizes.steady_s)


def _publish(made: Stage, first: int, count: int, sizes: Sizes, part: int = 50_000) -> None:
    for start in range(first, first + count, part):
        made.publish(records.actions(start, min(part, first + count - start), sizes.users, 2_000))


@dataclass(frozen=True, slots=True)
class _Round:
    """Events a second of wall time and of CPU time; ``lesser`` is the share of the worker that had least."""

    rate: float
    cpu: float
    lesser: float


def _rate(made: Stage, group: str, count: int, total: int) -> _Round:
    """A group of workers that finds everything there: from the first tenth consumed to the last record."""
    workers = [made.start(group) for _ in range(count)]
    early = total // 10

    def consumed() -> int:
        return sum(worker.consumed() for worker in workers)

    wait(lambda: consumed() >= early)
    first, cpu, began = consumed(), _cpu(workers), time.monotonic()
    if first == total:
        raise RuntimeError(f"all {total:,} records were counted at one look: too few to tell a rate")
    wait(lambda: consumed() >= total)
    seconds, busy = time.monotonic() - began, _cpu(workers) - cpu
    shares = [worker.consumed() / total for worker in workers]
    if consumed() != total:
        raise RuntimeError(f"{total:,} records, {consumed():,} counted")
    made.stop(*workers)
    return _Round((total - first) / seconds, (total - first) / busy, min(shares))


def _cpu(workers: Sequence[Worker]) -> float:
    return sum(worker.cpu_seconds() for worker in workers)


def _recovery(made: Stage, group: str, total: int) -> Iterator[Measurement]:
    """Kill -9 with everybody's state there, started again at once: until a new record's effect is durable."""
    worker = made.start(group)
    wait(lambda: worker.consumed() >= total)
    worker.kill()
    began = time.monotonic()
    heir = made.start(group, LUNA_INSTANCE=worker.name)
    made.publish(records.actions(total, 1, 1, 2_000))
    wait(lambda: heir.consumed() >= 1)
    seconds = time.monotonic() - began
    name = "recovery after kill -9, to the first new record folded"
    yield Measurement(name, seconds, "s", bar=RECOVERY_BAR_S, lower_is_better=True)
    end = records.START + (total // 2_000 + 5) * records.MINUTE
    made.publish(records.tick(1, end, made.ends()))
    counted = wait_for_total(made, total + 1)
    yield Measurement(
        "the same, records its figures are short of", total + 1 - counted, "records", bar=0, lower_is_better=True
    )
    made.stop(heir)


def wait_for_total(made: Stage, total: int) -> int:
    """Events of all windows as they were told last, once they are so many or a minute has passed."""
    until = time.monotonic() + 60
    while (counted := _closed(made)) < total and time.monotonic() < until:
        time.sleep(0.5)
    return counted


def _closed(made: Stage) -> int:
    values = [message.value() for message in made.messages("system_metrics")]
    frame = made.codec.decode("system_metrics", values).frame
    minutes = frame.filter(
        (pl.col("event_type") == "aggregate.window_closed")
        & (pl.col("metric") == "events")
        & pl.col("dimension").is_null()
        & (pl.col("window_end") - pl.col("window_start") == records.MINUTE)
    )
    return int(minutes.sort("version").unique("window_start", keep="last")["count"].sum())


def _freshness(made: Stage, sizes: Sizes, first: int) -> Iterator[Measurement]:
    """From a record handed over until ``service.progress`` says that its effects are durable and published."""
    worker = made.start("fresh")
    wait(lambda: worker.consumed() >= first)
    time.sleep(REST_S)
    producer, reader = made.producer(), made.reader("system_metrics")
    each = int(sizes.steady_rate * BEAT_S)
    sent: list[tuple[float, Positions]] = []
    told: list[tuple[float, Positions]] = []
    written = made.ends()
    began = time.monotonic()
    for beat in range(int(sizes.steady_s / BEAT_S)):
        encoded = made.codec.encode(records.actions(first + 1 + beat * each, each, sizes.users, 2_000))
        time.sleep(max(0.0, began + beat * BEAT_S - time.monotonic()))
        at, ends = time.monotonic(), dict[tuple[str, int], int]()

        def note(_: object, message: object, ends: Positions = ends) -> None:
            place = TOPIC, message.partition()  # type: ignore[attr-defined]
            ends[place] = written[place] = max(written.get(place, 0), message.offset() + 1)  # type: ignore[attr-defined]

        for key, value in zip(encoded.keys, encoded.values, strict=True):
            producer.produce(TOPIC, value, key, on_delivery=note)
        if (beat + 1) % round(TICK_S / BEAT_S) == 0:
            minute = (first + beat * each) // 2_000
            tick = made.codec.encode(records.tick(100 + beat, records.START + minute * records.MINUTE, written))
            producer.produce(tick.topic, tick.values[0], tick.keys[0])
        producer.poll(0)
        sent.append((at, ends))
        told += _progress(made, reader.consume(1_000, 0))
    producer.flush()
    until = time.monotonic() + 30
    while time.monotonic() < until and not (told and covers(told[-1][1], sent[-1][1])):
        told += _progress(made, reader.consume(1_000, BEAT_S))
    reader.close()
    warm = len(sent) // 10
    delays = [next((at - began for at, reached in told if covers(reached, ends)), np.inf) - (start - began)
              for start, ends in sent[warm:]]  # fmt: skip
    for share, bar in ((50, None), (99, FRESH_BAR_MS)):
        delay_ms = float(np.percentile(delays, share, method="higher")) * 1e3
        name = f"record handed over to fold visible, {sizes.steady_rate:,} events/s, p{share}"
        yield Measurement(name, delay_ms, "ms", bar=bar, lower_is_better=True)
    made.stop(worker)


def _progress(made: Stage, messages: Sequence[object]) -> list[tuple[float, Positions]]:
    now = time.monotonic()
    values = [value for one in messages if (value := one.value()) is not None]  # type: ignore[attr-defined]
    if not values:
        return []
    frame = made.codec.decode("system_metrics", values).frame.filter(pl.col("event_type") == "service.progress")
    return [(now, parse_positions(text)) for text in frame["positions"].to_list()]


def _memory(made: Stage, sizes: Sizes, first: int) -> Iterator[Measurement]:
    """A simulated day at full speed, hour by hour with its tick; the largest against that of a quarter of it."""
    worker = made.start("day")
    wait(lambda: worker.consumed() >= first)
    hourly, a_minute = sizes.day_events // 24, sizes.day_events // 1_440
    start = first // a_minute * a_minute + a_minute  # where minutes of this pace go on from those before
    made.publish(records.tick(2, records.START + start // a_minute * records.MINUTE, made.ends()))
    sizes_seen: list[float] = []
    base = worker.consumed()
    for hour in range(24):
        made.publish(records.actions(start + hour * hourly, hourly, sizes.users, a_minute))
        at = records.START + (start + (hour + 1) * hourly) // a_minute * records.MINUTE
        made.publish(records.tick(3 + hour, at, made.ends()))
        wait(lambda hour=hour: worker.consumed() >= base + (hour + 1) * hourly)  # type: ignore[misc]
        sizes_seen.append(worker.resident())
    grown = (max(sizes_seen[6:]) / sizes_seen[5] - 1) * 100
    name = "memory after 6 to 24 simulated hours at full speed, growth"
    yield Measurement(name, grown, "%", bar=FLAT_BAR, lower_is_better=True)
    yield Measurement("the same, at its largest", max(sizes_seen) / 2**20, "MiB")
    made.stop(worker)
