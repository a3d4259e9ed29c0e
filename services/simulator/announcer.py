"""Says how the simulation is: after each change, each simulated minute, and at most four times a second."""

from services.simulator.reports import Reports
from services.simulator.runtime.notices import Answer, Saved, State, ack_record, snapshot_record, state_record
from services.simulator.telling import Telling
from streamkit import metrics
from streamkit.clock import Clock

SHORTEST_SECONDS = 0.25
MINUTE_US = 60_000_000


class Announcer:
    """Publishes states and acknowledgements."""

    def __init__(self, reports: Reports, clock: Clock) -> None:
        self._reports = reports
        self._clock = clock
        self._said: State | None = None
        self._said_at = -SHORTEST_SECONDS

    async def announce(self, telling: Telling, state: State) -> None:
        """Say the state if it changed or a simulated minute went by, unless it was said just now."""
        said = self._said
        if said is not None and not _changed(said, state) and state.time_us // MINUTE_US == said.time_us // MINUTE_US:
            return
        if self._clock.monotonic() - self._said_at >= SHORTEST_SECONDS:
            await self.say(telling, state)

    async def say(self, telling: Telling, state: State) -> None:
        """Say the state now."""
        self._said, self._said_at = state, self._clock.monotonic()
        metrics.SPEED_TARGET.set(state.speed_target)
        metrics.SPEED_ACHIEVED.set(state.speed_achieved)
        metrics.ACTIVE_USERS.set(state.active_users)
        metrics.POPULATION.set(state.population)
        await self._reports.note([state_record(telling.identity, state, self._clock.now_us())])

    async def answer(self, telling: Telling, answers: list[Answer]) -> None:
        """Acknowledge commands."""
        if answers:
            wall_us = self._clock.now_us()
            await self._reports.note([ack_record(telling.identity, answer, wall_us) for answer in answers])

    async def created(self, telling: Telling, saved: Saved, trigger: str) -> None:
        """Say that a snapshot was saved, because of a command."""
        await self._reports.note([snapshot_record(telling.identity, saved, trigger, self._clock.now_us())])


def _changed(said: State, state: State) -> bool:
    return _noted(said) != _noted(state)


def _noted(state: State) -> tuple[object, ...]:
    """What of a state is said as soon as it changes; not the speed where a target rate steers it all along."""
    speed = state.speed_target if state.rate_target is None else None
    return state.phase, speed, state.rate_target, state.population, state.reason, state.scenario
