"""The evaluation of a tiny city from end to end: nothing is known too early, and a bad recommender is found out."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from cli.evaluate import replay
from cli.evaluate.acceptance import EVERYBODY, NEWCOMERS, over_time
from cli.evaluate.baselines import POPULARITY, RANDOM
from cli.evaluate.evaluation import Evaluation, Plan, evaluate, split_of
from cli.evaluate.history import History, HistoryError, read
from cli.evaluate.questions import ALL, FREE, at_sessions, ids_of
from cli.main import build
from services.recommender.data_files import load_weights
from services.recommender.handlers import Recommender
from streamkit.processor import Output
from streamkit.records import Batch, Outgoing
from tests.unit.evaluate.builders import HOUR_US, START_US, action, exported, tiny, written

PLAN = Plan(share=0.5, each=3)


class Watched:
    """A recommender that notes the latest record it knew of when it was asked."""

    def __init__(self) -> None:
        self._inner = Recommender(load_weights(), lambda: 0)
        self.known = 0
        self.latest: list[tuple[int, int]] = []
        self.seen: list[str] = []

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def subscriptions(self) -> Sequence[str]:
        return self._inner.subscriptions

    def process(self, batch: Batch) -> Sequence[Output]:
        if batch.topic == "requests":
            self.latest += [(time, self.known) for time in batch.frame["simulation_time"].to_list()]
            return self._inner.process(batch)
        rows = batch.frame.filter(pl.col("event_type") != "session.started")["simulation_time"].to_list()
        self.known = max([self.known, *rows])
        if batch.topic == "user_actions":
            self.seen += batch.frame["event_id"].to_list()
        return self._inner.process(batch)


class Shuffled(Watched):
    """A recommender that names another venue for each one it means: which for which is drawn once."""

    def __init__(self, venues: Sequence[str]) -> None:
        super().__init__()
        drawn = np.random.default_rng(5).permutation(len(venues)).tolist()
        self._other = {venue: venues[place] for venue, place in zip(venues, drawn, strict=True)}

    def process(self, batch: Batch) -> Sequence[Output]:
        return [self._shuffled(output) for output in super().process(batch)]

    def _shuffled(self, output: Output) -> Output:
        if output.topic != "replies" or not isinstance(output, Outgoing):
            return output
        payloads = output.columns["payload"]
        assert isinstance(payloads, pl.Series)
        told = [json.dumps([self._renamed(item) for item in json.loads(text)]) for text in payloads]
        return Outgoing(output.topic, output.rows, {**output.columns, "payload": pl.Series("payload", told)})

    def _renamed(self, item: Mapping[str, object]) -> dict[str, object]:
        return {**item, "venue_id": self._other[str(item["venue_id"])]}


@pytest.fixture(scope="module")
def city() -> History:
    return tiny()


@pytest.fixture(scope="module")
def found(city: History) -> Evaluation:
    venues = ids_of(city).venues
    makers = {**replay.variants(), "shuffled": lambda: Shuffled(venues)}
    return evaluate(city, PLAN, makers)


def test_the_recommender_beats_chance_and_a_shuffled_one(found: Evaluation) -> None:
    for way in found.ways:
        by = {score.ranking: score for score in way.scores}
        assert by["recommender"].recall[ALL].low > by["shuffled"].recall[ALL].high
        assert by["recommender"].ndcg[ALL].value > 1.5 * by["shuffled"].ndcg[ALL].value
        assert by["recommender"].recall[ALL].value > by[RANDOM].recall[ALL].value


def test_every_ranking_is_scored_on_the_same_questions(found: Evaluation) -> None:
    for way in found.ways:
        assert way.questions[ALL] >= way.questions[FREE] > 0
        assert way.people[ALL] <= 80
        names = [score.ranking for score in way.scores]
        assert {"recommender", RANDOM, POPULARITY, "shuffled"} <= set(names)
        assert len(names) == len(set(names))


def test_figures_have_their_peer_ratio_and_bar(found: Evaluation) -> None:
    figures = {one.name: one for one, _ in found.measurements()}
    held = figures["recall@10 of recommender, sessions, all visits"]
    other = figures["recall@10 of popularity, sessions, all visits"]
    assert held.peer_value == other.value
    assert held.bar == pytest.approx(1.5 * other.value)
    assert held.ok == (held.value >= 1.5 * other.value)
    assert [one.name for one in figures.values() if one.bar is not None] == [
        f"recall@10 of recommender, {way}, {kind}" for way in ("sessions", "split") for kind in (ALL, FREE)
    ]


def test_nothing_of_a_questions_minute_or_later_is_known_but_who_opened_the_app(city: History) -> None:
    ids = ids_of(city)
    questions = at_sessions(city, ids, split_of(city, 0.5), 3, 1)
    watched = Watched()
    replay.answers(city, ids, [questions], lambda: watched, 10)
    assert len(watched.latest) == len(questions)
    assert all(known < asked for asked, known in watched.latest)
    assert any(asked - known < HOUR_US for asked, known in watched.latest)
    assert len(watched.seen) == len(set(watched.seen))


def test_an_export_is_evaluated_like_the_city_it_is_of(city: History, found: Evaluation, tmp_path: Path) -> None:
    directory = exported(city, tmp_path / "city")
    assert {topic: len(frame) for topic, frame in read(directory).topics.items()} == {
        topic: len(frame) for topic, frame in city.topics.items()
    }
    figures = tmp_path / "figures.json"
    words = ["--city", str(directory), "--split", "0.5", "--each", "3", "--seed", "1", "--json", str(figures)]
    done = CliRunner().invoke(build(), ["evaluate", "recommender", "--no-bar", *words])
    assert done.exit_code == 0, done.output
    assert "nearest venue" in done.output
    told = {one["name"]: one["value"] for one in json.loads(figures.read_text())}
    for one, _ in found.measurements():
        if "shuffled" not in one.name and not np.isnan(one.value):
            assert told[one.name] == pytest.approx(one.value), one.name
    strict = CliRunner().invoke(build(), ["evaluate", "recommender", "--bar", *words])
    missed = any(not one["ok"] for one in json.loads(figures.read_text()))
    assert strict.exit_code == (1 if missed else 0)


@pytest.mark.parametrize(
    ("words", "reason"),
    [(["--city", "nowhere"], "no manifest.json"), (["--city", ".", "--unadvised"], "--city or --unadvised")],
)
def test_what_cannot_be_evaluated_is_refused_with_its_reason(words: list[str], reason: str) -> None:
    done = CliRunner().invoke(build(), ["evaluate", "recommender", *words])
    assert done.exit_code == 2
    assert reason in done.output


def test_a_split_is_a_noon_with_a_day_after_it() -> None:
    history = written([])
    assert split_of(history, 0.5) == START_US + 36 * HOUR_US
    assert split_of(history, 0.6) == START_US + 36 * HOUR_US
    with pytest.raises(HistoryError, match="too short"):
        split_of(history, 0.95)


def test_lists_taken_are_counted_by_week_and_a_rising_share_has_a_rising_line() -> None:
    acts, items = [], []
    for step in range(90):
        user, hour, taken = ("ann", "bob")[step % 2], 5 * step, step % 10 < step // 10
        kind = "recommendation.accepted" if taken else "recommendation.ignored"
        acts.append(action(kind, hour, user, "v1", recommendation_id=f"r{step}"))
        acts.append(action("recommendation.ignored", hour, user, "v2", recommendation_id=f"s{step}"))
        items += [{"event_id": f"{letter}{step}", "list_id": f"list-{step}"} for letter in "rs"]
    bare = written(acts)
    topics = {**bare.topics, "recommendations": pl.DataFrame(items)}
    by = {one.whose: one for one in over_time(History(topics, bare.start_us, bare.end_us, bare.zone), 1)}
    assert (by[EVERYBODY].people, by[EVERYBODY].lists) == (2, [34, 34, 22])
    assert by[EVERYBODY].shares == sorted(by[EVERYBODY].shares)
    assert by[EVERYBODY].slope.low > 0.1
    assert by[EVERYBODY].own.value == pytest.approx(by[EVERYBODY].slope.value, rel=0.1)
    assert by[NEWCOMERS].shares == by[EVERYBODY].shares


def test_people_who_take_nothing_and_leave_raise_the_line_but_not_their_own() -> None:
    acts, items = [], []
    for day in range(27):
        for user, takes in (("ann", day % 2 == 0), ("bob", False)):
            if user == "ann" or day < 14:
                kind = "recommendation.accepted" if takes else "recommendation.ignored"
                acts.append(action(kind, 24 * day, user, "v1", recommendation_id=f"{user}{day}"))
                items.append({"event_id": f"{user}{day}", "list_id": f"list-{user}-{day}"})
    bare = written(acts)
    topics = {**bare.topics, "recommendations": pl.DataFrame(items)}
    found = next(one for one in over_time(History(topics, bare.start_us, bare.end_us, bare.zone), 1) if one.people)
    assert found.slope.value > 0.05
    assert found.own.value == pytest.approx(0, abs=1e-9)


def test_nobody_is_recommended_anything_in_a_city_without_a_recommender() -> None:
    history = tiny(recommended=False)
    assert "recommendations" not in history.topics
    assert history.events("user_actions", "recommendation.accepted", "recommendation.ignored").is_empty()
    assert history.events("user_actions", "visit.started").height > 0
