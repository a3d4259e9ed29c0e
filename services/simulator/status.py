"""How the simulation is, in one value: phase, time, speed, people, and for whom it waits."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.simulator.control import Control
from services.simulator.domain.calendar import MINUTE
from services.simulator.runtime.notices import State
from services.simulator.runtime.pacer import UNPACED
from services.simulator.telling import Telling, iso
from streamkit.health import Readiness


@dataclass(slots=True)
class Status:
    """What the loop knows beside the telling and the control."""

    readiness: Readiness
    population: int = 0
    active_users: int = 0
    waiting: str | None = None
    fault: str | None = None
    errand: str | None = None

    def hold(self, holding: Sequence[str], silent: Sequence[str]) -> None:
        """The services that a due tick waits for; none when it may be computed. Being slow is no fault, silence is."""
        missing = [name for name in holding if name in silent]
        said = f"waiting for {', '.join(missing)}, not heard of yet" if missing else None
        if said != self.waiting:
            self.waiting = said
            self.readiness.set("services", ok=not missing, detail=said or "")

    def stumble(self, fault: str | None) -> None:
        """The next tick cannot be computed, and why; None once it is tried again."""
        if fault != self.fault:
            self.fault = fault
            self.readiness.set("city", ok=fault is None, detail=fault or "")

    def state(self, telling: Telling, control: Control, now: float, live_us: int, phase: str | None = None) -> State:
        """The state at this moment; ``live_us`` is the simulated time at which the backfill ends."""
        paced = not control.backfilling and control.pacer.speed != UNPACED
        return State(
            phase=phase or self._phase(control),
            tick=telling.city.tick,
            time_us=control.pacer.city_us(now) if paced else telling.city.time_us,
            start_us=telling.config.start,
            speed_target=control.pacer.speed,
            speed_achieved=control.pacer.achieved(),
            population=self.population,
            active_users=self.active_users,
            reason=self.fault or self.errand or self.waiting or _way(telling, control, live_us),
            scenario=",".join(telling.city.scenarios) or None,
            rate_target=None if control.backfilling else control.pacer.rate,
            rate_achieved=control.pacer.achieved_rate(),
        )

    @staticmethod
    def _phase(control: Control) -> str:
        if control.stopped:
            return "stopped"
        if control.pacer.paused:
            return "paused"
        return "backfill" if control.backfilling else "running"


def _way(telling: Telling, control: Control, live_us: int) -> str | None:
    """Where a city that does not live yet goes; to the minute, as the wall clock goes on where that is its end."""
    if control.stopped or not control.backfilling:
        return None
    if telling.goal is not None:
        return f"travelling to {iso(telling.goal.time_us)}"
    return f"living its past until {iso(live_us // MINUTE * MINUTE)}"
