"""The moment at which all services stand at the same point of the city, and what they are asked for there.

The city is held between two ticks. Everything it told is processed when each service has said so for the ends of all
topics it reads, and nothing new has come onto them meanwhile: what services answer is read by other services too.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from services.simulator.domain.city import Identity
from services.simulator.ports import Arrivals, Memory
from services.simulator.reports import Reports
from services.simulator.runtime.notices import Issued, command_record
from services.simulator.runtime.partners import Partners, Replied
from streamkit.clock import Clock
from streamkit.identity import hash_id
from streamkit.positions import Positions, covers

LOOK_SECONDS = 0.1


class BarrierError(Exception):
    """The services did not come together, or one of them refuses; the message says which and why."""


@dataclass(frozen=True, slots=True)
class BarrierPolicy:
    """How long services have. ``readers``: the topics of the city that each service with a state reads."""

    readers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    settle_seconds: float = 30.0
    answer_seconds: float = 20.0


@dataclass(slots=True)
class Barrier:
    """Brings services to one point and asks them. ``look`` waits so many seconds and sees to what has arrived."""

    policy: BarrierPolicy
    partners: Partners
    reports: Reports
    memory: Memory
    arrivals: Arrivals
    clock: Clock
    look: Callable[[float], Awaitable[None]]
    interrupted: Callable[[], bool]

    def present(self) -> tuple[str, ...]:
        """Services that take part now."""
        return self.partners.present(self.policy.readers, self.clock.monotonic())

    async def settle(self) -> tuple[str, ...]:
        """Wait until everything told is processed and every answer to it has arrived; the services that take part.

        Raises:
            BarrierError: A service is not there in time, or others go on writing onto the city's topics.
            Retryable: The broker is away.

        """
        deadline = self.clock.monotonic() + self.policy.settle_seconds
        await self.reports.drained()
        services = self.present()
        topics = self._topics(services)
        ends = await self.memory.ends(topics)
        while True:
            await self._reached(services, ends, deadline)
            now = await self.memory.ends(topics)
            if now == ends:
                return services
            fresh = sorted({place[0] for place, end in now.items() if end != ends.get(place)})
            self._hold_on(deadline, f"new records still come onto {', '.join(fresh)}", self.policy.settle_seconds)
            ends = now

    async def catch_up(self, services: tuple[str, ...]) -> None:
        """Wait until all that services have written by now has arrived here: a timer may have fired meanwhile.

        Raises:
            BarrierError: It does not come.
            Retryable: The broker is away.

        """
        deadline = self.clock.monotonic() + self.policy.settle_seconds
        await self._reached((), await self.memory.ends(self._topics(services)), deadline)

    async def ask(
        self, identity: Identity, time_us: int, command: str, parameters: Mapping[str, Mapping[str, object]]
    ) -> Mapping[str, Replied]:
        """Give each service named its command and wait for all acknowledgements, by service.

        Raises:
            BarrierError: One refuses, or does not answer in time.

        """
        wall_us = self.clock.now_us()
        asked = {name: hash_id(SOURCE_OF_IDS, identity.run_id, wall_us, name, command) for name in parameters}
        records = [
            command_record(
                identity, Issued(asked[service], command, service, json.dumps(dict(words))), time_us, wall_us
            )
            for service, words in parameters.items()
        ]
        await self.reports.note(records)
        deadline = self.clock.monotonic() + self.policy.answer_seconds
        while missing := [service for service, name in asked.items() if self.partners.reply(name) is None]:
            self._hold_on(deadline, f"no answer to {command} from {', '.join(missing)}", self.policy.answer_seconds)
            await self.look(LOOK_SECONDS)
        replies = {service: self.partners.reply(name) for service, name in asked.items()}
        found = {service: reply for service, reply in replies.items() if reply is not None}
        refused = [f"{name} refuses {command}: {reply.reason}" for name, reply in found.items() if not reply.accepted]
        if refused:
            raise BarrierError("; ".join(refused))
        return found

    def _topics(self, services: tuple[str, ...]) -> list[str]:
        return sorted({topic for name in services for topic in self.policy.readers[name]})

    async def _reached(self, services: tuple[str, ...], ends: Positions, deadline: float) -> None:
        needed = {
            name: {place: end for place, end in ends.items() if place[0] in self.policy.readers[name]}
            for name in services
        }
        while True:
            behind = self.partners.behind(needed)
            unread = _unread(self.arrivals.positions(), ends)
            if not behind and not unread:
                return
            who = [*behind, *(["the simulator itself"] if unread else [])]
            what = f"{', '.join(who)} did not process all of the city in time"
            self._hold_on(deadline, what, self.policy.settle_seconds)
            await self.look(LOOK_SECONDS)

    def _hold_on(self, deadline: float, what: str, seconds: float) -> None:
        if self.interrupted():
            raise BarrierError("the simulator is being stopped")
        if self.clock.monotonic() > deadline:
            raise BarrierError(f"{what} ({seconds:g} s); nothing was saved or loaded, and the city goes on")


SOURCE_OF_IDS = "simulator:barrier"


def _unread(positions: Positions, ends: Positions) -> bool:
    """Whether something on the topics that we read as well has not been handed over; unread topics do not count."""
    ours = {place[0] for place in positions}
    return not covers(positions, {place: end for place, end in ends.items() if place[0] in ours})
