"""Data files are read whole or refused with file, line, reason and the nearest valid name."""

import shutil
from pathlib import Path

import pytest

from services.simulator.data_files import DATA, DataError, load_city_data
from services.simulator.domain.calendar import HOUR
from services.simulator.domain.city import CityConfig, Identity
from services.simulator.domain.specification import ACTIONS
from services.simulator.domain.town import make_town


def test_the_shipped_data_is_sound() -> None:
    data = load_city_data()
    assert len(data.people.personas) == 7
    assert abs(sum(data.world.actions.values()) - 1) < 1e-9
    browse = sum(data.world.actions[name] for name in ("browse", "view", "search", "save", "like"))
    rest = [data.world.actions[name] for name in ACTIONS[5:]]
    assert [round(browse, 2), *rest] == [0.40, 0.20, 0.15, 0.10, 0.10, 0.05]
    assert {
        "normal_day", "lunch_rush", "friday_night", "weekend_brunch", "concert_night", "new_user_onboarding",
    } <= set(data.scenarios)  # fmt: skip
    assert data.weather.shape == (8760, 4)
    assert len(data.place.neighbourhoods) >= 40


@pytest.mark.parametrize(
    ("file", "old", "new", "line_of", "expected"),
    [
        ("worlds/dining.yaml", "median_seconds:", "medan_seconds:", "medan_seconds", "did you mean 'median_seconds'"),
        (
            "worlds/dining.yaml",
            "minimum_seconds: 2.0",
            "minimum_seconds: much",
            "minimum_seconds: much",
            "valid number",
        ),
        ("personas/dining.yaml", "routine: evening,", "routine: evning,", "evning", "did you mean 'evening'"),
        ("personas/dining.yaml", "{check_friends: 1.5,", "{chek_friends: 1.5,", "chek_friends", "'check_friends'"),
        ("scenarios/lunch_rush.yaml", "action.invite", "action.invit", "action.invit", "did you mean 'action.invite'"),
        ("scenarios/lunch_rush.yaml", "operation: add", "operation: ad", "operation: ad,", "'add'"),
        ("scenarios/lunch_rush.yaml", "period: lunch", "period: lunhc", "lunhc", "did you mean 'lunch'"),
        (
            "scenarios/lunch_rush.yaml",
            "[busy_professional,",
            "[busy_profesional,",
            "profesional",
            "'busy_professional'",
        ),
        ("scenarios/lunch_rush.yaml", "walk_ins, operation: multiply", "walk_ins, operation: shift", ": shift", "add"),
        ("scenarios/lunch_rush.yaml", "override, value: 2.6", "override, value: 0", "value: 0}", "above 0"),
        ("scenarios/lunch_rush.yaml", "weekdays: [monday,", "weekdays: [munday,", "munday", "'monday'"),
        ("scenarios/lunch_rush.yaml", "name: lunch_rush", "name: lunch", "name: lunch", "not the file's"),
        ("scenarios/concert_night.yaml", "scenario: friday_night", "scenario: friday", ": friday,", "'friday_night'"),
        ("scenarios/concert_night.yaml", "probability: 0.25", "probability: 25", ": 25}", "0 to 1"),
        ("scenarios/concert_night.yaml", "place: Madison S", "place: Madson S", "Madson", "'Madison Square Garden'"),
        ("scenarios/concert_night.yaml", "from_minutes: 90, until", "from_minutes: 900, until", "900", "come after"),
        ("scenarios/concert_night.yaml", "area.Madison Square", "area.Madison Sqare", "Sqare", "'area.Madison Square"),
        (
            "modifiers/dining.yaml",
            "target: outdoor, operation: add, value: 0.25",
            "target: outdor, operation: add, value: 1",
            "outdor,",
            "did you mean 'outdoor'",
        ),
        ("modifiers/dining.yaml", "  friendless:", "  frendless:", "frendless:", "friendless"),
        (
            "modifiers/dining.yaml",
            "target: action.check_friends, operation: shift, value: 1.0",
            "target: sessions, operation: multiply, value: 2.0",
            "sessions, operation: multiply, value: 2.0",
            "action.*",
        ),
        ("worlds/dining.yaml", "  fog: {temp", "  fgo: {temp", "  fgo: ", "'fog'"),
        ("worlds/dining.yaml", "storm: {temperature_c: [5", "storm: {temperature_c: [55", "[55", "above the most"),
        ("worlds/dining.yaml", "  search: {search: 2.0, view", "  search: {search: 2.0, veiw", "veiw", "'view'"),
        ("worlds/dining.yaml", "  search: {search: 2.0", "  search: {search: 0.0", "  search: {", "above 0"),
        ("modifiers/dining.yaml", "  storm:", "  stom:", "stom:", "did you mean 'storm'"),
        ("modifiers/dining.yaml", "  severe:", "  sever:", "sever:", "did you mean 'severe'"),
        ("modifiers/dining.yaml", "from_hour: 6", "from_our: 6", "from_our", "did you mean 'from_hour'"),
        ("almanacs/new_york.yaml", "impact: high}", "impact: hihg}", "hihg", "'high'"),
        ("almanacs/new_york.yaml", "date: {month: 2, day: 14}", "date: {month: 2, day: 30}", "day: 30", "every year"),
        ("almanacs/new_york.yaml", "weekday: sunday, nth: 2", "weekday: sonday, nth: 2", "sonday", "'sunday'"),
        ("almanacs/new_york.yaml", "category.bar", "category.baar", "category.baar", "did you mean 'category.bar'"),
        ("almanacs/new_york.yaml", "storm: 1.7", "strom: 1.7", "strom", "did you mean 'storm'"),
        ("almanacs/new_york.yaml", "[1, 1, 1, 1, 1, 2,", "[1, 1, 1, 1, 2,", "[1, 1, 1, 1, 2,", "24 hours, not 23"),
        ("almanacs/new_york.yaml", "per_week: 2.5", "per_wek: 2.5", "per_wek", "did you mean 'per_week'"),
        ("almanacs/new_york.yaml", "half_life_hours", "half_live_hours", "half_live", "did you mean 'half_life_hours'"),
        ("worlds/dining.yaml", "  vegan: {american", "  vegna: {american", "vegna", "did you mean 'vegan'"),
        ("worlds/dining.yaml", "  vegan: {american", "  vegan: {amerikan", "amerikan", "did you mean 'american'"),
        ("personas/dining.yaml", "days_off: {social_butterfly", "days_off: {social_buterfly", "buterfly", "butterfly'"),
        ("personas/dining.yaml", "days_off: {social_butterfly: 0.08, ", "days_off: {", "days_off: {", "no value for"),
        ("personas/dining.yaml", "day_off: {0: asleep, 8: home", "day_off: {0: aslep, 8: home", "aslep", "'asleep'"),
        ("personas/dining.yaml", "weekday: {0: asleep, 7", "weekday: {1: asleep, 7", "  office:", "begin at hour 0"),
        ("cities/new_york.yaml", "homes: 1.5,", "home: 1.5,", "home: 1.5", "did you mean 'homes'"),
        ("cities/new_york.yaml", "time_zone: ", "time_zone: [", "time_zone", "expected"),
        ("worlds/dining.yaml", "    bar: {share: 0.45", "    baar: {share: 0.45", "baar:", "did you mean 'bar'"),
        ("worlds/dining.yaml", "bar: {share: 0.45", "bar: {share: 45", "share: 45", "0 to 1"),
        ("worlds/dining.yaml", "1, 1, 0.6, 0, 0]", "1, 0.6, 0, 0]", "1, 0.6, 0, 0]", "the 7 weekdays"),
        ("worlds/dining.yaml", "starts: {16: 0.2", "starts: {26: 0.2", "26: 0.2", "starts are 0 to 23"),
        ("worlds/dining.yaml", "hours: {2: 0.8, 3: 0.2}", "hours: {}", "hours: {}", "weights of starts and hours"),
        ("worlds/dining.yaml", "      share: 0.3\n", "      share: 3\n", "share: 3", "share is 0 to 1"),
        ("worlds/dining.yaml", "starts: {18: 0.3, 19", "starts: {8: 0.3, 19", "starts: {8", "starts are 10, after"),
        ("worlds/dining.yaml", "{live_music: 0.35", "{live_music: 0", "{live_music: 0,", "weights of kinds"),
        ("scenarios/lunch_rush.yaml", "settle_minutes: ", "settle_minutes: .nan #", "settle_minutes", "finite"),
        ("scenarios/lunch_rush.yaml", "hold_minutes: ", "hold_minutes: 1e12 #", "settle_minutes", "30 days"),
        ("worlds/dining.yaml", "discount: 0.15}", "discount: 15}", "discount: 15}", "between 0 and 1"),
        ("cities/new_york_categories.csv", "Bronx,Bar", "Bronks,Bar", "Bronks", "did you mean 'Bronx'"),
        ("cities/new_york_categories.csv", "Bronx,Bar", "Hoboken,Bar", "Hoboken", "there are: Bronx, Brooklyn"),
        ("cities/new_york_categories.csv", "Shop,cafe", "Shop,caffe", "caffe", "did you mean 'cafe'"),
        ("cities/new_york_categories.csv", ",american,2", ",amerikan,2", "amerikan", "did you mean 'american'"),
        ("cities/new_york_categories.csv", "bar,,278", "bar,,-278", "-278", "count: '-278' is no number above 0"),
        ("cities/new_york_categories.csv", "bar,,278", "bar,,many", "many", "count: 'many' is no number above 0"),
        ("cities/new_york_categories.csv", ",,,36", ",,,0", "Staten Island,Pizza", "below: '0' is no number above 0"),
    ],
)
def test_a_mistake_is_refused_with_its_line(
    tmp_path: Path, file: str, old: str, new: str, line_of: str, expected: str
) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = next(n for n, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if line_of in row)
    with pytest.raises(DataError) as refusal:
        load_city_data(directory=tmp_path / "data")
    assert expected in str(refusal.value)
    assert file in str(refusal.value)
    assert int(str(refusal.value).split(file + ":")[1].split(":")[0]) in range(line, line + 3)


def test_an_unknown_world_names_the_nearest() -> None:
    with pytest.raises(DataError, match="did you mean 'dining'"):
        load_city_data("dinning")


def test_london_has_its_own_clock_holidays_weather_and_arenas() -> None:
    data = load_city_data(city="london")
    assert data.place.time_zone == "Europe/London"
    assert {"Late Summer Bank Holiday", "Boxing Day"} <= set(data.holidays.values())
    assert "Thanksgiving Day" not in data.holidays.values()
    assert 550 < data.weather[:, 2].sum() < 750, "millimetres of a year: 600"
    assert 10 < data.weather[:, 1].mean() < 13
    targets = {modifier.target for modifier in data.scenarios["concert_night"].modifiers}
    assert "area.The O2" in targets, "a scenario of the city takes the place of the one for all"


def test_an_hour_comes_twice_in_london_when_summer_ends_there() -> None:
    config = CityConfig(users=0, venues=5, city="london")
    town = make_town(config, 7, Identity("run", 0, "dining", "london"), load_city_data(city="london"))
    one_oclock = 1_792_886_400_000_000  # 2026-10-25 00:00 UTC, a week before New York
    local = [town.local.moment(one_oclock + hours * HOUR).minute // 60 for hours in range(3)]
    assert local == [1, 1, 2]


def test_a_city_that_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(DataError, match=r"atlantis\.yaml: No such file or directory; there are: london, new_york"):
        load_city_data(city="atlantis")
    with pytest.raises(DataError, match="did you mean 'london'"):
        load_city_data(city="londn")
