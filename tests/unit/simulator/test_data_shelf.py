"""Somebody's files in place of a city's own: found, another run, refused when they change or are misplaced."""

import shutil
from pathlib import Path

import pytest

from services.simulator.app import plan_of
from services.simulator.data_files import DATA, DataError, data_of, load_city_data, with_own
from services.simulator.domain.city import CityConfig
from services.simulator.settings import Simulator
from streamkit.errors import ConfigurationError

RUSH = (DATA / "scenarios" / "lunch_rush.yaml").read_text(encoding="utf-8")


def _write(own: Path, place: str, text: str) -> Path:
    path = own / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return own


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A scenario of somebody's own, and a lunch rush in another shape."""
    mine = tmp_path / "mine"
    _write(mine, "scenarios/tea_time.yaml", RUSH.replace("name: lunch_rush", "name: tea_time", 1))
    return _write(mine, "scenarios/lunch_rush.yaml", RUSH.replace("title: ", "title: My ", 1))


def test_own_files_stand_beside_the_city_s_and_take_their_places(own: Path) -> None:
    ours, theirs = load_city_data(own=own), load_city_data()
    assert set(ours.scenarios) == {*theirs.scenarios, "tea_time"}
    assert ours.scenarios["lunch_rush"].title == f"My {theirs.scenarios['lunch_rush'].title}"
    assert (ours.world, ours.people, ours.almanac) == (theirs.world, theirs.people, theirs.almanac)


def test_they_are_another_run_wherever_they_are_and_only_what_they_say_counts(own: Path, tmp_path: Path) -> None:
    config = CityConfig()
    mine = with_own(config, own)
    assert with_own(config, None) == config
    assert mine.behaviour() != config.behaviour()
    moved = shutil.copytree(own, tmp_path / "moved")
    _write(moved, "notes.txt", "not read")
    assert with_own(config, moved).behaviour() == mine.behaviour()
    _write(moved, "scenarios/tea_time.yaml", RUSH.replace("name: lunch_rush", "name: tea_time", 1) + "# more\n")
    assert with_own(config, moved).behaviour() != mine.behaviour()


def test_a_city_does_not_go_on_with_files_that_say_something_else(own: Path) -> None:
    config = with_own(CityConfig(), own)
    assert "tea_time" in data_of(config).scenarios
    _write(own, "scenarios/lunch_rush.yaml", RUSH)
    with pytest.raises(DataError, match="something else than when this city began"):
        data_of(config)


@pytest.mark.parametrize(
    ("place", "said"), [("scenario/a.yaml", "did you mean 'scenarios'"), ("a.yaml", "is in one of")]
)
def test_a_misplaced_file_is_refused(own: Path, place: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        with_own(CityConfig(), _write(own, place, RUSH))


def test_the_setting_is_checked_before_a_city_begins(own: Path, tmp_path: Path) -> None:
    assert plan_of(Simulator(data=own), 0, tmp_path).config.data == str(own.resolve())
    with pytest.raises(ConfigurationError, match=r"LUNA_SIMULATOR__DATA=.*no directory of data"):
        plan_of(Simulator(data=tmp_path / "nowhere"), 0, tmp_path)
    _write(own, "scenarios/tea_time.yaml", "name: tea_time\ntitel: Tea\n")
    with pytest.raises(ConfigurationError, match=r"LUNA_SIMULATOR__DATA=.*tea_time.yaml:2: titel"):
        plan_of(Simulator(data=own), 0, tmp_path)
