"""A living city explains a person with what it knows of them now, and says what it does not know of another time."""

import json

import numpy as np
import pytest

from services.simulator.domain.calendar import HOUR
from services.simulator.domain.city import Command
from services.simulator.domain.knowing import MOST_STEPS
from tests.unit.simulator.domain.neighbours import make_city


def test_now_is_explained_with_all_the_city_knows() -> None:
    city = make_city()
    city.step((), [Command("a", "scenario", {"scenario": "lunch_rush"})])
    for _ in range(5):
        city.step((), ())
    told = city.explain("u0000003", city.time_us)
    assert told["unknown"] == []
    assert any("scenario lunch_rush" in step["source"] for step in told["steps"])  # type: ignore[attr-defined]
    assert sum(told["result"].values()) == pytest.approx(1.0, abs=1e-3)  # type: ignore[attr-defined]
    assert len(told["steps"]) <= MOST_STEPS  # type: ignore[arg-type]
    assert len(json.dumps(told)) < 16_000, "it fits a record"


def test_a_holiday_that_somebody_triggered_is_named_while_it_lasts() -> None:
    city = make_city()
    feast = {"event_type": "holiday.started", "payload": {"name": "New Year's Day"}}
    city.step((), [Command("a", "trigger", feast)])
    told = city.explain("u0000003", city.time_us)
    assert told["surroundings"]["holiday"] == "New Year's Day"  # type: ignore[index]
    assert any("New Year's Day" in step["source"] for step in told["steps"])  # type: ignore[attr-defined]
    for _ in range(6 * 60):
        city.step((), ())
    assert city.explain("u0000003", city.time_us)["surroundings"]["holiday"] == "None"  # type: ignore[index]


def test_another_time_is_explained_with_what_is_not_known() -> None:
    city = make_city()
    told = city.explain("u0000003", city.time_us + 5 * HOUR)
    assert "friends" in told["unknown"]  # type: ignore[operator]


def test_explaining_changes_nothing() -> None:
    city = make_city()
    before = city.save()
    city.explain("u0000003", city.time_us)
    after = city.save()
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_nobody_is_not_explained() -> None:
    with pytest.raises(ValueError, match="there is no u9999999; the city has"):
        make_city().explain("u9999999", 0)
