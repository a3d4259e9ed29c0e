"""Commands are understood or refused with a reason that helps."""

import json

import pytest

from services.simulator.runtime.commands import COMMANDS, Refused, Scope, Spawn, Speed, parse, scope_of


@pytest.mark.parametrize(
    ("name", "parameters", "reason"),
    [
        ("puase", {}, "did you mean 'pause'"),
        ("speed", {"multiplyer": 2}, "did you mean 'multiplier'"),
        ("speed", {"multiplier": 0}, "greater than or equal to 1"),
        ("speed", {"multiplier": 5_000}, "less than or equal to 1000"),
        ("speed", {"multiplier": "fast"}, "'max'"),
        ("spawn", {}, "count: field required"),
        ("spawn", {"count": 1_000_000}, "less than or equal to 10000"),
        ("scenario", {"scenario": "lunch_rush", "action": "begin"}, "'start' or 'stop'"),
        ("pause", {"for": 3}, "it takes none"),
        ("rate", {"events_per_second": -1}, "greater than 0"),
        ("start", {"population": -1}, "greater than or equal to 0"),
    ],
)
def test_a_wrong_command_is_refused_with_its_reason(name: str, parameters: dict[str, object], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        parse(name, json.dumps(parameters))


@pytest.mark.parametrize("parameters", ["[1]", "{", '"max"'])
def test_parameters_must_be_a_json_object(parameters: str) -> None:
    with pytest.raises(Refused, match="JSON"):
        parse("speed", parameters)


def test_right_commands_are_understood() -> None:
    assert parse("speed", '{"multiplier": "max"}') == Speed(multiplier="max")
    assert parse("spawn", '{"count": 3}') == Spawn(count=3, befriend=False)
    assert parse("pause", None) is not None


def test_only_the_clock_is_changed_at_once() -> None:
    assert {name for name in COMMANDS if scope_of(name) is Scope.PACER} == {"pause", "resume", "speed", "rate"}
