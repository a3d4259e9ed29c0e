"""The simulation: its state, and the commands that steer it."""

from collections.abc import Awaitable, Callable
from typing import Literal

from services.gateway.access import Caller, Role
from services.gateway.api.answers import simulation as told
from services.gateway.api.context import Context, Controller, InContext, Json, answers
from services.gateway.api.problems import ProblemError
from services.gateway.api.resource import Resource
from services.gateway.commands import (
    DISCARDING,
    FASTEST,
    SLOW,
    SLOWEST,
    Anything,
    Arguments,
    CommandName,
    Nothing,
    Rate,
    ScenarioChange,
    Speed,
    Word,
    parameters,
)

FAILURES = (401, 403, 409, 503, 504)
"""What a command may be answered with when it is not obeyed."""

ANSWERS = answers(told.Acknowledgement, told.ACK, *FAILURES)

PLAIN = {
    "start": "Begin, or go on after a stop.",
    "pause": "Hold simulated time.",
    "resume": "Let simulated time go on.",
    "stop": "End the run.",
    "reset": "Begin anew, on a branch of its own.",
}


async def give(
    context: Context,
    command: str,
    arguments: Arguments,
    caller: Caller,
    *,
    status: int = 200,
    result_only: bool = False,
) -> Json:
    """Give a command; its acknowledgement, or only the result in it, is the answer, a rejection a 409."""
    settings = context.settings
    deadline = settings.slow_command_deadline_s if command in SLOW else settings.command_deadline_s
    ack = await context.desk.command(command, parameters(arguments), caller.name, deadline)
    context.hub.announce("state_update", context.monitor.state())
    if not ack.accepted:
        raise ProblemError(409, ack.reason or "rejected", command_id=ack.command_id, by=ack.by)
    return Json(ack.result if result_only else ack.printable(), status)


router = Resource(prefix="/simulation", tags=["simulation"])


@router.get("/state", responses=answers(told.SimulationState, told.STATE))
async def get_state(context: InContext) -> Json:
    """Phase, clock, speed, population and scenarios.

    `rate_target` is the events a second aimed at, null where the speed decides; `rate_achieved` what the simulator
    published a second; `reason` for whom or what it waits, or where it travels.
    """
    return Json(context.monitor.state())


@router.get("/metrics", responses=answers(told.Brief, told.BRIEF))
async def get_metrics(context: InContext) -> Json:
    """Rates and clock in brief."""
    return Json(context.monitor.brief())


@router.get("/scenarios", responses=answers(told.Scenarios, told.SCENARIOS))
async def get_scenarios(context: InContext) -> Json:
    """Every scenario that can be started, and the phase of those that hold."""
    phases = context.ledger.city.simulation.scenarios
    return Json({"scenarios": [{**it.model_dump(), "phase": phases.get(it.id)} for it in context.scenarios]})


@router.post("/speed", responses=ANSWERS)
async def set_speed(body: Speed, context: InContext, caller: Controller) -> Json:
    """Set how fast simulated time runs."""
    return await give(context, "speed", body, caller)


@router.post("/speed/{multiplier}", responses=ANSWERS)
async def set_speed_by_path(multiplier: str, context: InContext, caller: Controller) -> Json:
    """Set how fast simulated time runs; a number, or max."""
    try:
        speed = Speed(multiplier="max" if multiplier == "max" else float(multiplier))
    except ValueError as error:
        raise ProblemError(
            422,
            "1 field is not valid",
            errors=[{"field": "path.multiplier", "message": f"must be max or a number from {SLOWEST} to {FASTEST}"}],
        ) from error
    return await give(context, "speed", speed, caller)


@router.post("/rate", responses=ANSWERS)
async def set_rate(body: Rate, context: InContext, caller: Controller) -> Json:
    """Set the events a second to aim at."""
    return await give(context, "rate", body, caller)


@router.post("/scenario", responses=ANSWERS)
async def change_scenario(body: ScenarioChange, context: InContext, caller: Controller) -> Json:
    """Start a scenario, or let it settle."""
    return await give(context, "scenario", body, caller)


@router.post("/scenario/{scenario}", responses=ANSWERS)
async def change_scenario_by_path(
    scenario: Word, context: InContext, caller: Controller, action: Literal["start", "stop"] = "start"
) -> Json:
    """Start a scenario, or let it settle."""
    return await give(context, "scenario", ScenarioChange(scenario=scenario, action=action), caller)


@router.post("/command/{command}", responses=ANSWERS)
async def give_command(
    command: CommandName, context: InContext, caller: Controller, body: Anything | None = None
) -> Json:
    """Give any command of the simulator with all its parameters; it says what it refuses, and why."""
    if command in DISCARDING:
        caller.must(Role.ADMIN)
    return await give(context, command, body or Anything(), caller)


def _plain(command: str) -> Callable[[Context, Caller], Awaitable[Json]]:
    async def give_plain(context: InContext, caller: Controller) -> Json:
        if command in DISCARDING:
            caller.must(Role.ADMIN)
        return await give(context, command, Nothing(), caller)

    return give_plain


for _command, _summary in PLAIN.items():
    router.add_api_route(
        f"/{_command}", _plain(_command), methods=["POST"], name=_command, description=_summary, responses=ANSWERS
    )
