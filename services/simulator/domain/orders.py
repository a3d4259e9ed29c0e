"""Commands that act on the city: spawn, scenario, behavior, weather."""

from collections.abc import Mapping

from services.simulator.domain import running
from services.simulator.domain.behavior_orders import adjust_behavior
from services.simulator.domain.friendship import introduce
from services.simulator.domain.lifecycle import join
from services.simulator.domain.refusals import RefusedError
from services.simulator.domain.town import MOST_USERS
from services.simulator.domain.triggers import release, trigger
from services.simulator.domain.turn import Command, CommandResult, Turn
from services.simulator.domain.weather_orders import order_weather

MOST_SPAWNED = 100_000
_IDS_TOLD = 100


def obey(turn: Turn) -> None:
    """Carry out the commands of this tick, in order; each gets a result."""
    for place, command in enumerate(turn.commands):
        try:
            done = _obey(turn, place, command)
        except RefusedError as refusal:
            turn.results.append(CommandResult(command.command_id, accepted=False, reason=str(refusal), result={}))
        else:
            turn.results.append(CommandResult(command.command_id, accepted=True, reason=None, result=done))
    release(turn)


def _obey(turn: Turn, place: int, command: Command) -> Mapping[str, object]:
    if command.name == "spawn":
        return _spawn(turn, command.parameters)
    if command.name == "scenario":
        return _scenario(turn, command.parameters)
    if command.name == "behavior":
        return adjust_behavior(turn, command.parameters)
    if command.name == "weather":
        return order_weather(turn, command.parameters)
    if command.name == "trigger":
        return trigger(turn, place, command.parameters)
    raise RefusedError(f"the city has no command {command.name!r}")


def _spawn(turn: Turn, parameters: Mapping[str, object]) -> Mapping[str, object]:
    count = parameters.get("count", 1)
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_SPAWNED:
        raise RefusedError(f"count must be a whole number from 1 to {MOST_SPAWNED}")
    if turn.state.users.count + count > MOST_USERS:
        raise RefusedError(f"a city has no ids for more than {MOST_USERS:,} people")
    ids = join(turn, count)
    if parameters.get("befriend"):
        introduce(turn, ids)
    told = [f"u{number:07d}" for number in ids[:_IDS_TOLD].tolist()]
    first, last = f"u{int(ids[0]):07d}", f"u{int(ids[-1]):07d}"
    return {"count": count, "first": first, "last": last, "user_ids": told, "population": turn.state.users.count}


def _scenario(turn: Turn, parameters: Mapping[str, object]) -> Mapping[str, object]:
    return running.order(turn, parameters)
