"""Facts are declared, and each is measured by one function."""

from pathlib import Path

import pytest
import yaml

from cli.realism.city import NotMeasuredError
from cli.realism.facts import DIRECTORY, GROUPS, FactError, Range, load
from cli.realism.functions import FUNCTIONS
from tests.unit.realism.told import lively

FACT = {
    "id": "X1",
    "statement": "s",
    "statistic": "s",
    "measured_on": "m",
    "source": "s",
    "tag": "C",
    "accept": {"a": [0, 1]},
    "needs": 1,
}


def written(directory: Path, **changes: object) -> Path:
    for group in GROUPS:
        (directory / f"{group}.yaml").write_text("[]")
    row = {key: value for key, value in (FACT | changes).items() if value is not None}
    (directory / "time.yaml").write_text(yaml.safe_dump([row]))
    return directory


def test_every_fact_has_a_function_and_every_function_a_fact() -> None:
    assert {fact.id for fact in load()} == set(FUNCTIONS)


def test_every_fact_of_the_evidence_tags_c_v_and_v2_is_there() -> None:
    sections = {
        "T": (1, 2, 4, 6, 8, 9, 10, 11, 12, 14, 16, 17, 18),
        "S": (1, 2, 3, 4, 6, 8, 10, 12, 13),
        "F": (1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 13, 16),
        "C": (1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
        "B": (1, 2, 3, 4, 5, 7, 8, 10, 13, 14, 16),
        "R": (1, 2, 3, 4, 7),
        "L": (1, 2, 4, 5, 6),
    }
    assert {fact.id for fact in load()} == {f"{letter}{n}" for letter, numbers in sections.items() for n in numbers}


def test_functions_give_the_parts_that_are_accepted() -> None:
    city, wrong, missing = lively(), {}, []
    for fact in load():
        try:
            found = FUNCTIONS[fact.id](city)
        except NotMeasuredError:
            missing.append(fact.id)
            continue
        if set(found.values) != set(fact.accept):
            wrong[fact.id] = set(found.values) ^ set(fact.accept)
    assert wrong == {}
    assert set(missing) <= {"T16", "C5", "C6", "C11", "C12", "R4", "L2", "L4"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"pass": 1}, "time.yaml, X1: unknown pass"),
        ({"source": None}, "source missing"),
        ({"tag": "C,Z"}, "no tag Z"),
        ({"accept": {"a": [2, 1]}}, "2.0 is above 1.0"),
        ({"accept": {"a": 3}}, "a range is low and high"),
    ],
)
def test_a_fact_written_wrongly_is_refused_by_name(tmp_path: Path, changes: dict[str, object], reason: str) -> None:
    with pytest.raises(FactError, match=reason):
        load(written(tmp_path, **changes))


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "space.yaml").write_text(yaml.safe_dump([FACT]))
    with pytest.raises(FactError, match="used twice: X1"):
        load(tmp_path)


def test_tags_weigh_as_their_evidence(tmp_path: Path) -> None:
    weights = {
        tag: load(written(tmp_path, tag=tag))[0].weight for tag in ("C", "V,C", "C,V2", "V2", "C,W", "V2,W", "A")
    }
    assert weights == {"C": 1.0, "V,C": 1.0, "C,V2": 1.0, "V2": 0.5, "C,W": 0.25, "V2,W": 0.25, "A": 0.0}


def test_a_score_falls_to_nothing_one_width_outside() -> None:
    accepted = Range(1.0, 3.0)
    assert [accepted.score(value) for value in (0.0, 1.0, 2.0, 4.0, 5.0, 9.0)] == [0.5, 1.0, 1.0, 0.5, 0.0, 0.0]
    assert Range(0.0, 0.1).score(0.15) == pytest.approx(0.5)
    assert Range(None, 0.0).score(-40.0) == 1.0
    assert Range(1.0, 1.0).score(0.0) == 0.0
    assert not accepted.contains(float("nan"))
    assert accepted.score(float("nan")) == 0.0


def test_the_facts_stand_beside_their_reference() -> None:
    assert (DIRECTORY.parent / "reference.json").is_file()
