"""How detections are compared with scenarios: what is right, found, late, false, left out."""

import pytest

from cli.evaluate.anomalies import DAY_US, Heard, NoTruthError, Window, assess

MINUTE = 60_000_000
HOUR = 60 * MINUTE


def at(name: str, day: float, minutes: float = 15, told_after: float = 3) -> Window:
    start = round(day * DAY_US)
    end = start + round(minutes * MINUTE)
    return Window(name, start, end, end + round(told_after * MINUTE), 5.0)


def test_detections_are_right_in_a_scenario_and_an_hour_after_it() -> None:
    scenario = at("lunch_rush", 13, 180)
    after = Window("sessions", scenario.end + HOUR - 1, scenario.end + HOUR + 1, scenario.end + 2 * HOUR)
    later = Window("sessions", scenario.end + HOUR, scenario.end + 2 * HOUR, scenario.end + 3 * HOUR)
    heard = Heard([at("events", 12.5), at("events", 13.01), after, later], [scenario], 0, 20 * DAY_US)
    found = assess(heard, 12)
    assert (found.detections, found.right) == (4, 2)
    assert found.precision == 0.5
    assert found.false_days == {13: 1, 14: 1}
    assert found.by_rate == {"events": (2, 1), "sessions": (2, 1)}
    assert found.chance == pytest.approx(4 / (8 * 24))


def test_the_delay_runs_from_the_start_of_a_scenario_to_when_a_detection_was_known() -> None:
    scenarios = [at("lunch_rush", 13, 180), at("concert_night", 14, 180)]
    found = assess(Heard([at("events", 13 + 1 / 48)], scenarios, 0, 20 * DAY_US), 12)
    assert [one.delay_minutes for one in found.scenarios] == [pytest.approx(30 + 15 + 3), None]
    assert found.recall == 0.5
    assert found.delay_minutes == pytest.approx(48)


def test_what_lies_before_the_days_to_learn_is_left_out_and_holidays_are_counted_apart() -> None:
    scenarios = [at("lunch_rush", 3, 180), at("lunch_rush", 13, 180)]
    detections = [at("events", 4), at("events", 15.5)]
    found = assess(Heard(detections, scenarios, 0, 20 * DAY_US, [at("Juneteenth", 15, 1440)]), 12)
    assert (found.detections, found.false_on_holidays, len(found.scenarios)) == (1, 1, 1)
    with pytest.raises(NoTruthError, match="day 14"):
        assess(Heard(detections, scenarios, 0, 20 * DAY_US), 14)
