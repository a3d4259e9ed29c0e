"""Anomalies: closed windows of each watched rate against what is usual at that time of the week.

It reads the ``aggregate.window_closed`` records on ``system_metrics``, all of which are on the partition of their
source: one place, in the order in which windows closed, whatever worker merged them. A bucket is judged once windows
after its end, and a grace, have closed; corrections that come later are counted and change nothing that was said.
"""

import json
from collections.abc import Iterator, Mapping

import polars as pl

from services.analytics.domain.cells import Cells, Scope, cell_key, pack_json
from services.analytics.domain.emitting import COMMON, Row, caused
from services.analytics.domain.rates import NOTHING_WATCHED, AnomalyParameters, RateRule
from services.analytics.domain.usual import MINUTES_A_DAY, Noise, Slot, Usual

OPEN_KIND, SLOT_KIND, NOISE_KIND, CLOCK_KIND = "rate_open", "rate_slot", "rate_noise", "rate_clock"
KINDS = (OPEN_KIND, SLOT_KIND, NOISE_KIND, CLOCK_KIND)
WINDOW_CLOSED = "aggregate.window_closed"
MINUTE_US = 60_000_000

_COLUMNS = (*COMMON, "metric", "dimension", "dimension_value", "window_start", "window_end", "count")
_Rate = tuple[str, str]
"""(name of the rule, value of the dimension or nothing)."""


class Anomalies:
    """Everything that is watched in one scope."""

    def __init__(self, scope: Scope, cells: Cells, parameters: AnomalyParameters | None) -> None:
        self._scope = scope
        self._cells = cells
        self._watching = parameters is not None and parameters.enabled
        self._parameters = parameters or NOTHING_WATCHED
        self._rules = {rule.name: rule for rule in self._parameters.rates}
        self._usual: dict[_Rate, Usual] = {}
        self._open: dict[tuple[str, int], dict[str, dict[int, int]]] = {}  # (rule, bucket) → value → window → count
        self._clock: dict[str, int] = {}  # first bucket of each rule that is not judged yet
        self.corrections_ignored = 0

    def load(self, kind: str, name: str, data: bytes) -> None:
        """Take back one cell; what rules are no longer watched is left alone."""
        rule, _, rest = name.partition("/")
        if rule not in self._rules:
            return
        if kind == OPEN_KIND:
            content = json.loads(data)
            self._open[rule, int(rest)] = {
                value: {int(start): count for start, count in windows.items()} for value, windows in content.items()
            }
        elif kind == CLOCK_KIND:
            self._clock[rule] = int(data)
        elif kind == NOISE_KIND:
            self._of(rule, rest).noise = Noise.unpack(data)
        else:
            value, _, slot = rest.rpartition("/")
            self._of(rule, value).slots[int(slot)] = Slot.unpack(data)

    def _of(self, rule: str, value: str) -> Usual:
        usual = self._usual.get((rule, value))
        if usual is None:
            bucket_minutes = self._rules[rule].bucket_minutes
            usual = self._usual[rule, value] = Usual(self._parameters, bucket_minutes)
        return usual

    def fold(self, partition: int, frame: pl.DataFrame) -> Iterator[tuple[str, Row]]:
        """Take closed windows of one partition of ``system_metrics``; rows for it."""
        if not self._watching:
            return
        metrics = {rule.metric for rule in self._rules.values()}
        closed = frame.filter((pl.col("event_type") == WINDOW_CLOSED) & pl.col("metric").is_in(list(metrics)))
        touched: set[tuple[str, int]] = set()
        for row in closed.select(_COLUMNS).iter_rows(named=True):
            minutes = (row["window_end"] - row["window_start"]) // MINUTE_US
            for rule in self._rules.values():
                if rule.matches(row["metric"], row["dimension"], row["dimension_value"], minutes):
                    touched |= self._note(rule, row)
            for rule in self._rules.values():
                if minutes == rule.window_minutes:
                    yield from self._judge(partition, rule, row)
        for name, bucket in sorted(touched):
            if (name, bucket) in self._open:
                content = pack_json(self._open[name, bucket])
                self._cells.write(partition, cell_key(self._scope, OPEN_KIND, f"{name}/{bucket}"), content)

    def _note(self, rule: RateRule, row: Row) -> set[tuple[str, int]]:
        bucket = row["window_start"] // (rule.bucket_minutes * MINUTE_US)
        if bucket < self._clock.setdefault(rule.name, bucket):
            self.corrections_ignored += 1
            return set()
        values = self._open.setdefault((rule.name, bucket), {})
        values.setdefault(row["dimension_value"] or "", {})[row["window_start"]] = row["count"] or 0
        return {(rule.name, bucket)}

    def _judge(self, partition: int, rule: RateRule, row: Row) -> Iterator[tuple[str, Row]]:
        """Judge every bucket that is over by this window's start."""
        over = (row["window_start"] // MINUTE_US - self._parameters.grace_minutes) // rule.bucket_minutes
        at = self._clock.get(rule.name)
        if at is None or over <= at:
            return
        if over - at > MINUTES_A_DAY // rule.bucket_minutes:  # a jump: nothing is known of the days between
            for name, bucket in [key for key in self._open if key[0] == rule.name and key[1] < over]:
                self._forget(partition, name, bucket)
            at = over
        for bucket in range(at, over):
            yield from self._judge_bucket(partition, rule, bucket, row)
            self._forget(partition, rule.name, bucket)
        self._clock[rule.name] = over
        self._cells.write(partition, cell_key(self._scope, CLOCK_KIND, rule.name), str(over).encode())

    def _forget(self, partition: int, name: str, bucket: int) -> None:
        if self._open.pop((name, bucket), None) is not None:
            self._cells.remove(partition, cell_key(self._scope, OPEN_KIND, f"{name}/{bucket}"))

    def _judge_bucket(self, partition: int, rule: RateRule, bucket: int, row: Row) -> Iterator[tuple[str, Row]]:
        counted = self._open.get((rule.name, bucket), {})
        known = {value for name, value in self._usual if name == rule.name}
        for value in sorted(known | counted.keys()):
            count = sum(counted.get(value, {}).values())
            usual = self._of(rule.name, value)
            judged = usual.judge(bucket, count)
            slot = usual.slot(bucket)
            self._write(partition, SLOT_KIND, f"{rule.name}/{value}/{slot}", usual.slots[slot].pack())
            self._write(partition, NOISE_KIND, f"{rule.name}/{value}", usual.noise.pack())
            if judged is not None and abs(judged.deviations) >= self._parameters.threshold:
                yield "system_metrics", _detected(rule, bucket, value, count, judged.usual, judged.deviations, row)

    def _write(self, partition: int, kind: str, name: str, data: bytes) -> None:
        self._cells.write(partition, cell_key(self._scope, kind, name), data)

    def known(self) -> Mapping[_Rate, int]:
        """Buckets of each rate whose surprise has been learned from."""
        return {rate: int(usual.noise.seen) for rate, usual in self._usual.items()}


def _detected(rule: RateRule, bucket: int, value: str, count: int, usual: float, deviations: float, row: Row) -> Row:
    """``count`` is what was counted, ``value`` what is usual, ``score`` standard deviations above it (below: minus)."""
    width = rule.bucket_minutes * MINUTE_US
    return caused(
        row,
        "anomaly.detected",
        identity=f"{rule.name}/{value}@{bucket}",
        metric=rule.name,
        dimension=rule.dimension,
        dimension_value=value or None,
        window_start=bucket * width,
        window_end=(bucket + 1) * width,
        version=1,
        count=count,
        value=usual,
        score=deviations,
    )
