"""Verdicts, scores and the null: what is not measured fails, and people without regularities score badly."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cli.realism.city import City, Measurement
from cli.realism.facts import Fact, load
from cli.realism.null import null_city
from cli.realism.page import page
from cli.realism.scorecard import NULL_BAR, Scorecard, Verdict, halved, judge, score
from tests.unit.realism.told import lively

FACTS = {fact.id: fact for fact in load()}


@pytest.fixture(scope="module")
def city() -> City:
    return lively()


def verdict(fact: Fact, *, passed: bool, scored: float) -> Verdict:
    return Verdict(fact, Measurement({}, 1), "", passed, scored, {})


def test_a_fact_passes_only_with_all_its_parts(city: City) -> None:
    table = city.table("answers").with_columns(accepted=pl.Series(np.arange(city.table("answers").height) % 4 > 0))
    assert judge(FACTS["F13"], replace(city, tables={**city.tables, "answers": table})).passed
    all_yes = judge(FACTS["F13"], city)
    assert not all_yes.passed
    assert all_yes.score < 0.5


def test_a_topic_that_is_missing_fails_its_facts_with_the_reason(city: City) -> None:
    without = {name: table for name, table in city.tables.items() if name != "reviews"}
    poorer = replace(city, tables=without, missing={"reviews": "the directory has no user_actions"})
    found = judge(FACTS["R1"], poorer)
    assert (found.passed, found.score, found.reason) == (False, 0.0, "the directory has no user_actions")
    assert judge(FACTS["T4"], poorer).measurement is not None


def test_too_little_data_fails_but_shows_the_value(city: City) -> None:
    few = replace(city, tables={**city.tables, "reviews": city.table("reviews").head(30)})
    strict, lenient = judge(FACTS["R3"], few), judge(FACTS["R3"], few, lenient=True)
    assert strict.reason == "rests on 30 reviews, 500 are needed"
    assert strict.measurement is not None
    assert strict.score == 0.0
    assert lenient.score > 0.0


def test_the_headline_is_the_weakest_group_and_the_share_of_c_and_v_facts() -> None:
    card = Scorecard(
        [
            verdict(FACTS["T1"], passed=True, scored=1.0),
            verdict(FACTS["T16"], passed=False, scored=0.0),
            verdict(FACTS["S1"], passed=True, scored=0.6),
            verdict(FACTS["C9"], passed=False, scored=0.0),
        ]
    )
    assert card.groups == pytest.approx({"time": 0.8, "space": 0.6, "choice": 0.0})
    assert card.weakest == 0.0
    assert card.share_passed == pytest.approx(2 / 3)
    assert not card.good


def test_the_null_keeps_how_often_people_act_and_forgets_when_and_where(city: City) -> None:
    null = null_city(city)
    before, after = city.table("visits"), null.table("visits")
    assert_frame_equal(
        before.group_by("user").len().sort("user"), after.group_by("user").len().sort("user"), check_dtypes=False
    )
    assert (
        after.group_by("venue").len()["len"].to_numpy().max() < before.group_by("venue").len()["len"].to_numpy().max()
    )
    share = np.bincount(after["hour"].to_numpy(), minlength=24) / after.height
    assert share == pytest.approx(np.full(24, 1 / 24), abs=0.01)
    assert null.table("bookings").height == city.table("bookings").height


def test_the_null_is_the_same_every_time(city: City) -> None:
    for name in ("visits", "bookings", "actions", "friends"):
        assert_frame_equal(null_city(city).table(name), null_city(city).table(name))


def test_the_null_scores_less_than_its_bar(city: City) -> None:
    card = score(null_city(city), tuple(FACTS.values()), lenient=True)
    assert card.share_passed < NULL_BAR
    assert card.weakest < NULL_BAR


def test_halves_share_nobody_and_give_the_noise(city: City) -> None:
    one, other = halved(city)
    assert not set(one.table("visits")["user"].unique()) & set(other.table("visits")["user"].unique())
    found = judge(FACTS["T4"], city, (one, other))
    assert 0 < found.noise["log_sd"] < 0.2
    assert judge(FACTS["F1"], city, (one, other)).noise == {}


def test_the_report_needs_nothing_but_itself(city: City) -> None:
    facts = [FACTS["T8"], FACTS["B1"], FACTS["C5"]]
    card = score(city, facts)
    html = page(city, null_city(city), card, score(null_city(city), facts), "a <town>")
    assert html.count("<svg") > 10
    assert "a &lt;town&gt;" in html
    assert all(outside not in html for outside in ("<script", "<link", 'src="', "@import"))
    assert "no prices in the data" in html
