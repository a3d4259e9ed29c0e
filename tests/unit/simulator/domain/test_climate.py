"""Weather of a city that nobody measured: its climate's, hour by hour, and the same each time."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from services.simulator.data_files import DATA, DataError, load_city_data
from services.simulator.domain.climate import CONDITIONS, Climate, year_of

CLIMATE = Climate(
    seed=7, temperature_c=(-4, -2, 4, 10, 16, 21, 24, 23, 19, 12, 5, -1), wet_days=(0.35,) * 6 + (0.25,) * 6,
    daily_range_c=9, departure_c=4, persistence=0.4, wet_hours=4, millimetres=8, wind_kph=18, cloudy=0.4, fog=0.03,
    snow_below_c=0.5, storm_above_kph=30,
)  # fmt: skip
YAML = """
climate:
  {seed: 7, temperature_c: [-4, -2, 4, 10, 16, 21, 24, 23, 19, 12, 5, -1],
   wet_days: [0.35, 0.35, 0.35, 0.35, 0.35, 0.35, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25], daily_range_c: 9,
   departure_c: 4, persistence: 0.4, wet_hours: 4, millimetres: 8, wind_kph: 18, cloudy: 0.4, fog: 0.03,
   snow_below_c: 0.5, storm_above_kph: 30}
"""


def test_months_afternoons_and_wet_days_are_those_of_the_climate() -> None:
    weather = year_of(CLIMATE)
    assert weather.shape == (8760, 4)
    january, july = weather[: 31 * 24, 1], weather[181 * 24 : 212 * 24, 1]
    assert abs(january.mean() + 4) < 3
    assert abs(july.mean() - 24) < 3
    by_hour = weather[:, 1].reshape(365, 24).mean(axis=0)
    assert (by_hour.argmax(), round(float(np.ptp(by_hour)))) == (15, 9)
    wet = np.asarray((weather[:, 2] > 0).reshape(365, 24).any(axis=1))
    assert 0.15 < wet.mean() < 0.4
    assert wet[1:][wet[:-1]].mean() > 1.3 * wet[1:][~wet[:-1]].mean()


def test_what_falls_is_snow_in_the_cold_rain_in_the_warm_and_nothing_from_a_clear_sky() -> None:
    weather = year_of(CLIMATE)
    condition = np.array(CONDITIONS)[weather[:, 0].astype(int)]
    falls = np.isin(condition, ["rain", "snow", "storm"])
    assert (falls == (weather[:, 2] > 0)).mean() > 0.99
    assert weather[condition == "snow", 1].max() <= 0.5
    assert weather[condition == "rain", 1].min() >= 0.5
    assert set(CONDITIONS) == set(condition)


def test_the_weather_of_a_city_is_the_same_each_time_and_another_seed_has_another() -> None:
    assert (year_of(CLIMATE) == year_of(CLIMATE)).all()
    other = Climate(**{**CLIMATE.__dict__, "seed": 8})
    assert (year_of(CLIMATE)[:, 0] != year_of(other)[:, 0]).mean() > 0.2


def _elsewhere(tmp_path: Path, climate: str) -> Path:
    """The data of another city: New York's streets under another sky."""
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    city = (data / "cities/new_york.yaml").read_text(encoding="utf-8").replace("name: new_york", "name: elsewhere")
    (data / "cities/elsewhere.yaml").write_text(city + climate, encoding="utf-8")
    shutil.copy(data / "almanacs/new_york.yaml", data / "almanacs/elsewhere.yaml")
    return data


def test_a_city_without_a_measured_year_has_that_of_its_climate(tmp_path: Path) -> None:
    data = load_city_data(city="elsewhere", directory=_elsewhere(tmp_path, YAML))
    assert (data.weather == year_of(CLIMATE)).all()


@pytest.mark.parametrize(
    ("climate", "reason"),
    [
        ("", "elsewhere.yaml:1: climate: needed"),
        (YAML.replace("[-4, -2,", "[-2,"), "12 months, not 11"),
        (YAML.replace("wet_hours", "wet_ours"), "did you mean 'wet_hours'"),
    ],
)
def test_a_city_without_weather_is_refused_with_the_reason(tmp_path: Path, climate: str, reason: str) -> None:
    with pytest.raises(DataError) as refusal:
        load_city_data(city="elsewhere", directory=_elsewhere(tmp_path, climate))
    assert reason in str(refusal.value)
