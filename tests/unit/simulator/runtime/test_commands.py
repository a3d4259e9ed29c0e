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
        ("spawn", {"count": 1_000_000}, "less than or equal to 100000"),
        ("scenario", {"scenario": "lunch_rush", "action": "begin"}, "'start' or 'stop'"),
        ("pause", {"for": 3}, "it takes none"),
        ("rate", {"events_per_second": -1}, "greater than 0"),
        ("start", {"population": -1}, "greater than or equal to 0"),
        ("start", {"active_percentage": 0}, "greater than 0"),
        ("start", {"maximum_active_user": 3}, "did you mean 'maximum_active_users'"),
        ("start", {"start_time": "2026-06-03T18:00:00"}, "timezone"),
        ("seed", {"user": 3}, "did you mean 'users'"),
        ("seed", {"venues": 100_001}, "less than or equal to 100000"),
        ("trigger", {"event": "weather.changed"}, "event_type: field required"),
        ("trigger", {"event_type": "x.y", "paylod": {}}, "did you mean 'payload'"),
        ("trigger", {"event_type": "x.y", "simulation_time": "2026-06-03T18:00:00"}, "timezone"),
        ("behavior", {"action_probabilities": {"browse": 1.5}}, "less than or equal to 1"),
        ("behavior", {"action_probabilities": {}}, "at least 1 item"),
        ("behavior", {"persona": "x", "actoin_probabilities": {"browse": 1}}, "did you mean 'action_probabilities'"),
        ("weather", {"condition": "snow", "hours": 999}, "less than or equal to 240"),
        ("weather", {"conditon": "snow"}, "did you mean 'condition'"),
        ("imperfections", {"rules": [{"topic": "bookings", "kind": "lost", "rate": 0.1}]}, "rules.0.kind"),
        ("imperfections", {"rules": [{"topic": "*", "kind": "drop", "rte": 0.1}]}, "did you mean 'rate'"),
        ("imperfections", {"rules": [{"topic": "ground_truth", "kind": "drop", "rate": 0.1}]}, "rules.0.topic"),
        ("snapshot", {"name": "../up"}, "name: string should match pattern"),
        ("snapshot", {}, "name: field required"),
        ("scenario", {"scenario": "lunch_rush", "intensity": 9}, "less than or equal to 3"),
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
