"""The gateway takes the values that the simulator takes: no more, so that a refusal names the field, and no less."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from services.gateway.commands import SOCKET_COMMANDS, parameters
from services.simulator.runtime import commands as simulator

TINY = 1e-9


def takes(kind: str, given: dict[str, Any]) -> bool:
    try:
        SOCKET_COMMANDS[kind].arguments.model_validate(given)
    except ValidationError:
        return False
    return True


def understands(name: str, given: dict[str, Any]) -> bool:
    try:
        simulator.parse(name, json.dumps(given))
    except simulator.Refused:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "given", "good"),
    [
        ("set_speed", {"multiplier": 1}, True),
        ("set_speed", {"multiplier": 1 - TINY}, False),
        ("set_speed", {"multiplier": 1_000}, True),
        ("set_speed", {"multiplier": 1_000 + TINY}, False),
        ("set_speed", {"multiplier": "max"}, True),
        ("set_rate", {"events_per_second": 0}, False),
        ("set_rate", {"events_per_second": 10_000_000}, True),
        ("set_rate", {"events_per_second": 10_000_001}, False),
        ("adjust_behavior", {"probabilities": {"browse": 1}}, True),
        ("adjust_behavior", {"probabilities": {"browse": 1 + TINY}}, False),
        ("adjust_behavior", {"probabilities": {"browse": -TINY}}, False),
        ("set_scenario", {"scenario": "lunch_rush", "intensity": 3}, True),
        ("set_scenario", {"scenario": "lunch_rush", "intensity": 3.1}, False),
        ("weather", {}, True),
        ("weather", {"condition": "rain", "hours": 240}, True),
        ("weather", {"condition": "rain", "hours": 241}, False),
        ("seed", {"seed": 2**63 - 1, "users": 0}, True),
        ("seed", {"venues": 0}, False),
        ("spawn_users", {"count": 100_000}, True),
        ("spawn_users", {"count": 100_001}, False),
    ],
)
def test_a_value_is_taken_by_both_or_by_neither(kind: str, given: dict[str, Any], *, good: bool) -> None:
    assert (takes(kind, given), understands(SOCKET_COMMANDS[kind].name, given)) == (good, good)


def test_what_the_gateway_passes_on_is_understood() -> None:
    given = SOCKET_COMMANDS["adjust_behavior"].arguments.model_validate({"probabilities": {"browse": 0.5}})
    assert understands("behavior", parameters(given))
