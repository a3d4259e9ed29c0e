"""Reasons are told as people would."""

from typing import cast

import pytest

from services.recommender.domain.places import TASTES
from services.recommender.domain.reasons import WORDS, Facts
from services.recommender.domain.scene import Scene
from services.recommender.domain.state import CityState


def facts(*, distance_km: float = 1.0, kitchen: int = 0) -> Facts:
    """What needs neither city nor scene to be told."""
    city, scene = cast("CityState", None), cast("Scene", None)
    return Facts(city, scene, 0, 0, distance_km, friends=0, taste=0.8, kitchen=kitchen, went=0)


@pytest.mark.parametrize(
    ("distance_km", "words"),
    [(1.84, "1.8 km away"), (0.06, "0.1 km away"), (0.04, "Just around the corner"), (0.0, "Just around the corner")],
)
def test_nothing_is_no_kilometres_away(distance_km: float, words: str) -> None:
    assert WORDS["distance"](facts(distance_km=distance_km)) == words


@pytest.mark.parametrize(
    ("taste", "words"), [("indian", "You like Indian (0.80)"), ("fast_food", "You like fast food (0.80)")]
)
def test_a_cuisine_of_a_country_has_a_capital_letter(taste: str, words: str) -> None:
    assert WORDS["taste"](facts(kitchen=TASTES.index(taste))) == words
