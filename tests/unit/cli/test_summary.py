from typing import Any

from rich.console import Console

from cli.bench.measure import Measurement
from cli.up.demo import print_summary, status_line
from cli.up.summary import LIVING_TOPICS, summarise

LIVED: dict[str, Any] = {
    "phase": "paused",
    "events": {topic: {"something": 1} for topic in LIVING_TOPICS}
    | {
        "user_actions": {"session.started": 5, "visit.started": 2, "recommendation.accepted": 1},
        "bookings": {"booking.confirmed": 3, "booking.requested": 4, "booking.declined": 1},
        "recommendations": {"recommendation.generated": 9},
        "preferences": {"preference.updated": 7},
    },
    "dlq": {"bookings": 0},
    "lag": {"booking": 0, "recommender": None},
    "latency_ms": {"p50": 12.0, "p99": 80.0},
}


def test_a_city_that_lived_has_no_failures() -> None:
    summary = summarise(LIVED, {"booking": 0}, [])
    assert summary.failures() == []
    assert summary.counts["preference updates"] == 7
    assert summary.printable()["ok"] is True


def test_each_part_that_did_not_live_is_named() -> None:
    broken = LIVED | {
        "events": {name: kinds for name, kinds in LIVED["events"].items() if name != "journeys"},
        "dlq": {"bookings": 2},
        "lag": {"analytics": 40},
    }
    failures = summarise(broken, {"booking": 1}, ["gateway"]).failures()
    assert failures == [
        "gateway does not run",
        "booking ended 1 times by itself",
        "no events on journeys",
        "2 records on the DLQ of bookings",
        "analytics is 40 records behind",
    ]


def test_without_an_answer_nothing_lived() -> None:
    assert len(summarise({}, {}, []).failures()) > len(LIVING_TOPICS)


def test_the_status_line_says_what_is_down() -> None:
    assert status_line({}, ["gateway"]) == "waiting for the gateway; not running: gateway"
    assert "down: booking" in status_line(LIVED, ["booking"])


def test_the_table_shows_every_count() -> None:
    console = Console(record=True, width=100, quiet=False, file=None)
    print_summary(console, summarise(LIVED, {}, []))
    text = console.export_text()
    assert "bookings confirmed" in text
    assert "80 ms" in text


def test_a_bar_is_cleared_from_its_own_side() -> None:
    assert Measurement("rate", 10, "records/s", bar=5).ok
    assert not Measurement("latency", 10, "ms", bar=5, lower_is_better=True).ok
    assert Measurement("alone", 10, "ms", peer="absent").ratio is None
    assert Measurement("two", 10, "ms", "peer", 5).printable()["ratio"] == 2.0
