"""Anomalies: what is usual is learned slot by slot, surprises are told once, and a restart changes not a bit."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.analytics.domain.anomalies import Anomalies
from services.analytics.domain.cells import MemoryCells, Scope, split_key
from services.analytics.domain.rates import AnomalyParameters, RateRule
from services.analytics.settings import ANOMALIES_FILE, read_watched
from streamkit.errors import ConfigurationError
from streamkit.identity import hash_id
from tests.unit.analytics.city import COMMON, Frames, rows_of
from tests.unit.analytics.test_processor import analytics

SHIPPED = read_watched(ANOMALIES_FILE)


def hourly(name: str, dimension: str, value: str) -> RateRule:
    return RateRule(name=name, metric="events", dimension=dimension, value=value, window_minutes=60, bucket_minutes=60)


RULE = hourly("sessions", "event_type", "session.started")
WATCHED = SHIPPED.model_copy(update={"rates": [RULE], "buckets_together": 2, "grace_minutes": 0})
HOUR = 3_600_000_000
START = 20_000 * 24 * HOUR
DAYS = 15


def window(
    hour: int, count: int, version: int = 1, rule: RateRule = RULE, value: str | None = None
) -> dict[str, object]:
    start = START + hour * HOUR
    return {
        **COMMON,
        "source": "analytics",
        "event_id": hash_id("window", hour, version, rule.name, value or ""),
        "event_type": "aggregate.window_closed",
        "simulation_time": start + HOUR + 60_000_000,
        "metric": rule.metric,
        "dimension": rule.dimension,
        "dimension_value": value or rule.value,
        "window_start": start,
        "window_end": start + rule.window_minutes * 60_000_000,
        "version": version,
        "count": count,
        "value": float(count),
    }


def usual(hour: int) -> int:
    """A day curve with something irregular on top that is always the same for an hour."""
    wobble = int(hash_id("wobble", hour)[:6].encode().hex(), 16) % 9 - 4
    return max(0, round(60 - 50 * math.cos(2 * math.pi * (hour % 24) / 24)) + wobble)


def city(**odd: int) -> list[dict[str, object]]:
    """Fifteen days of hours; ``h<hour>`` gives the count of an odd one."""
    return [window(hour, odd.get(f"h{hour}", usual(hour))) for hour in range(24 * DAYS)]


def tell(watching: Anomalies, *rows: dict[str, object]) -> list[dict[str, object]]:
    frame = Frames().batch("system_metrics", rows).frame
    return [dict(row) for _, row in watching.fold(0, frame)]


def watch(cells: MemoryCells | None = None, parameters: AnomalyParameters = WATCHED) -> Anomalies:
    return Anomalies(Scope("run", 0), cells or MemoryCells(), parameters)


def hours(rows: list[dict[str, object]]) -> list[int]:
    return [(int(str(row["window_start"])) - START) // HOUR for row in rows]


def test_an_ordinary_city_has_no_anomalies_and_a_busy_night_has() -> None:
    assert tell(watch(), *city()) == []
    night = 24 * 14 + 1
    found = tell(watch(), *city(**{f"h{night}": 60}))
    assert hours(found)[0] == night
    assert found[0]["metric"] == "sessions"
    assert found[0]["count"] == 60
    assert float(str(found[0]["value"])) == pytest.approx(usual(night), abs=8)
    assert float(str(found[0]["score"])) >= WATCHED.threshold


def test_silence_is_an_anomaly_with_a_score_below_zero() -> None:
    noon = 24 * 14 + 12
    found = tell(watch(), *[row for row in city() if row["window_start"] != START + noon * HOUR])
    assert hours(found)[0] == noon
    assert float(str(found[0]["score"])) <= -WATCHED.threshold


def test_nothing_is_judged_before_it_is_known_what_is_usual() -> None:
    second_night = 24 + 1
    assert tell(watch(), *city(**{f"h{second_night}": 500})[: 24 * 3]) == []


def test_a_restart_and_cuts_between_windows_change_not_a_bit() -> None:
    told = city(**{f"h{24 * 14 + hour}": 200 for hour in (2, 3)})
    expected = tell(watch(), *told)
    assert expected
    cells, found = MemoryCells(), []
    for start in range(0, len(told), 50):
        again = watch(cells)
        for key, data in cells.scan(0):
            again.load(*split_key(key)[1:], data)
        found += tell(again, *told[start : start + 50])
    assert found == expected


def test_a_correction_counts_before_its_bucket_is_judged_and_is_ignored_after() -> None:
    told = city()
    night = 24 * 14 + 1
    watching = watch()
    before = [*told[:night], window(night, 0), window(night, 60, version=2), *told[night + 1 :]]
    assert hours(tell(watching, *before))[0] == night
    assert tell(watching, window(night, 0, version=3)) == []
    assert watching.corrections_ignored == 1


def test_what_was_odd_does_not_become_usual() -> None:
    rule_breaking = {f"h{24 * day + 3}": 300 for day in (12, 13, 14)}
    assert {24 * day + 3 for day in (12, 13, 14)} <= set(hours(tell(watch(), *city(**rule_breaking))))


def test_each_value_of_a_dimension_is_watched_by_itself() -> None:
    rule = RateRule(
        name="borough", metric="events", dimension="borough", value="*", window_minutes=60, bucket_minutes=60
    )
    watching = watch(parameters=WATCHED.model_copy(update={"rates": [rule]}))

    def both(odd: int) -> Iterator[dict[str, object]]:
        for hour in range(24 * DAYS):
            yield window(hour, usual(hour), rule=rule, value="Queens")
            yield window(hour, 300 if hour == odd else usual(hour), rule=rule, value="Bronx")

    found = tell(watching, *both(24 * 14 + 1))
    assert {(row["dimension"], row["dimension_value"]) for row in found} == {("borough", "Bronx")}


def test_windows_that_the_processor_closed_come_back_to_its_detector_and_duplicates_do_not_count() -> None:
    frames, processor = Frames(), analytics()
    minute = RateRule(name="sessions", metric="events", dimension="event_type", value="session.started")
    closed = [window(hour, 5, rule=minute) for hour in range(2)]
    batch = frames.batch("system_metrics", [*closed, *closed])
    assert rows_of(processor.process(batch), "system_metrics") == []
    assert processor.live is not None
    assert processor.live.anomalies.known() == {("sessions", "session.started"): 0}
    assert processor.live.anomalies.corrections_ignored == 0


def test_a_rule_that_does_not_fit_a_day_is_refused_with_file_and_reason(tmp_path: Path) -> None:
    broken = tmp_path / "anomalies.yaml"
    text = ANOMALIES_FILE.read_text(encoding="utf-8")
    broken.write_text(text.replace("window_minutes: 60, bucket_minutes: 60", "window_minutes: 60, bucket_minutes: 61"))
    with pytest.raises(ConfigurationError, match=r"anomalies.yaml:\d+: .*whole windows"):
        read_watched(broken)


def test_nothing_is_watched_when_it_is_switched_off() -> None:
    off = watch(parameters=WATCHED.model_copy(update={"enabled": False}))
    assert tell(off, *city(h340=900)) == []
