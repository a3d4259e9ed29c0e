"""What the temperature adds to the weather: who sits outside in frost?"""

from dataclasses import replace

import pytest

from services.simulator.domain.effects import Surroundings, warmth_at
from services.simulator.domain.modifiers import Mechanism
from services.simulator.domain.running import around
from services.simulator.domain.specification import CONDITIONS
from services.simulator.domain.weather_orders import Forced, force_weather
from tests.unit.simulator.domain.neighbours import data, make_city

CLEAR = Surroundings(None, "weekday", None, "clear", "light", None)


@pytest.mark.parametrize(
    ("celsius", "name"),
    [(-0.1, "freezing"), (0.0, "cold"), (9.9, "cold"), (10.0, None), (38.0, None)],
)
def test_a_temperature_lies_in_one_range_at_most(celsius: float, name: str | None) -> None:
    assert warmth_at(data().temporal, celsius) == name


def test_a_clear_sky_draws_people_outside_but_not_in_frost() -> None:
    mechanism = Mechanism(data())
    mild, cold, frost = (
        mechanism.value(mechanism.total(CLEAR._replace(warmth=warmth), ()), "outdoor")
        for warmth in (None, "cold", "freezing")
    )
    assert mild > 0 > cold > frost
    sources = [source for source, modifier, _ in mechanism.temporal(CLEAR._replace(warmth="freezing"))]
    assert "temperature freezing" in sources


def test_ordered_snow_is_felt_as_cold_in_june() -> None:
    turn = make_city(5, start=1_780_000_000_000_000)._turn(0, (), ())
    assert around(turn).warmth is None
    force_weather(turn, Forced(CONDITIONS.index("snow"), 3.0), turn.start)
    assert around(turn).warmth in ("freezing", "cold")


def test_without_ranges_temperature_does_nothing() -> None:
    assert warmth_at(replace(data().temporal, temperature={}), -20.0) is None
