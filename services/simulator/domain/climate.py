"""Weather of a city without a measured series: a year of hours drawn from its climate, the same in every run.

After Richardson 1981, "Stochastic simulation of daily precipitation, temperature, and solar radiation", Water Resources
Research 17(1): wet days are a Markov chain, rain is exponential, temperature a mean of the month with an
autoregressive departure; hours follow the sun.
"""

from dataclasses import dataclass

import numpy as np

from services.simulator.domain.draws import Array, Draws, Purpose
from services.simulator.domain.strict import Strict

CONDITIONS = ("clear", "cloudy", "rain", "snow", "fog", "storm")
_DAYS = 365
_HOURS = 24
_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WARMEST_HOUR = 15


@dataclass(frozen=True)
class Climate(Strict):
    """What a year is like, in twelve months: mean temperature, share of wet days.

    ``daily_range_c`` from night to afternoon; ``departure_c`` one standard deviation of a day from its month, of which
    ``persistence`` stays the next day, as of the wetness; ``wet_hours`` and ``millimetres`` mean length and amount of
    a wet spell; ``wind_kph`` the mean; ``cloudy`` and ``fog`` shares of dry hours. It snows below ``snow_below_c`` and
    storms above ``storm_above_kph`` of wind.
    """

    seed: int
    temperature_c: tuple[float, ...]
    wet_days: tuple[float, ...]
    daily_range_c: float
    departure_c: float
    persistence: float
    wet_hours: float
    millimetres: float
    wind_kph: float
    cloudy: float
    fog: float
    snow_below_c: float
    storm_above_kph: float


@dataclass(frozen=True)
class Sky(Strict):
    """Least and most that an hour of one kind of weather can have, an hour."""

    temperature_c: tuple[float, float]
    precipitation_mm: tuple[float, float]


def year_of(climate: Climate) -> Array:
    """(8760, 4): number of the condition, temperature in degrees, precipitation in mm, wind in km/h, by local hour."""
    draws, days, hours = Draws(climate.seed), np.arange(_DAYS), np.arange(_DAYS * _HOURS)
    month = np.repeat(np.arange(12), _MONTH_LENGTHS)
    kept = climate.persistence
    departure, wet = np.zeros(_DAYS), np.zeros(_DAYS, dtype=bool)
    noise = climate.departure_c * np.sqrt(1 - kept * kept) * draws.normal(Purpose.WEATHER, days)
    chance = draws.uniform(Purpose.WEATHER, days, step=1)
    for day in range(_DAYS):  # a chain: each day from the one before
        share = climate.wet_days[month[day]]
        departure[day] = kept * departure[day - 1] + noise[day]
        wet[day] = chance[day] < share + kept * ((1.0 - share) if wet[day - 1] else -share)
    sun = climate.daily_range_c / 2 * np.cos((hours % _HOURS - _WARMEST_HOUR) * (2 * np.pi / _HOURS))
    temperature = (np.array(climate.temperature_c)[month] + departure)[hours // _HOURS] + sun
    begins = draws.uniform(Purpose.WEATHER, days, step=2) * _HOURS
    lasts = 1.0 - climate.wet_hours * np.log(draws.uniform(Purpose.WEATHER, days, step=3))
    amount = -climate.millimetres * np.log(draws.uniform(Purpose.WEATHER, days, step=4))
    since = hours % _HOURS - begins[hours // _HOURS]
    raining = wet[hours // _HOURS] & (since >= 0) & (since < lasts[hours // _HOURS])
    rain = np.where(raining, (amount / lasts)[hours // _HOURS], 0.0)
    wind = climate.wind_kph * (-np.log(draws.uniform(Purpose.WEATHER, hours // 6, step=5))) ** 0.5
    sky = draws.uniform(Purpose.WEATHER, hours // 3, step=6)
    numbers = {name: number for number, name in enumerate(CONDITIONS)}
    dry = np.where(
        sky < climate.fog, numbers["fog"], np.where(sky < climate.fog + climate.cloudy, numbers["cloudy"], 0)
    )
    falls = np.where(wind > climate.storm_above_kph, numbers["storm"], numbers["rain"])
    falls = np.where(temperature < climate.snow_below_c, numbers["snow"], falls)
    return np.stack(
        [np.where(raining, falls, dry), np.round(temperature, 1), np.round(rain, 2), np.round(wind, 1)], axis=1
    )
