"""A tiny city that is told in a moment, and the names its tests share."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.simulator.domain.city import CityConfig, Command, CommandResult, Identity, Step
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.identity import event_id, hash_id
from streamkit.processor import Output
from streamkit.records import Batch, Outgoing

START_US = 1_780_000_000_000_000 // 60_000_000 * 60_000_000
CATALOGUE = Catalogue.load()
CODEC = Codec(CATALOGUE)
PERSON: dict[str, Any] = {
    "username": "somebody",
    "email": "somebody@example.org",
    "is_simulated": True,
    "lifecycle": "active",
    "registered_at": START_US,
    "home_latitude": 40.7,
    "home_longitude": -74.0,
    "price_tier": 0.5,
    "openness": 0.5,
    "group_size": 2.0,
}
EXEMPT = {"system_metrics", "simulation_control"}


class Crash(Exception):  # noqa: N818 - a death, not a fault
    """The process dies here."""


class FakeCity:
    """Every event id holds a digest of everything the city was ever told: one record more or less changes all."""

    def __init__(self, config: CityConfig, seed: int, identity: Identity) -> None:
        self._config, self._identity = config, identity
        self._digest = hash_id(seed, identity.run_id, identity.branch)
        self._people = config.users
        self.tick = 0

    @property
    def time_us(self) -> int:
        return self._config.start + self.tick * self._config.tick_seconds * 1_000_000

    @property
    def scenarios(self) -> tuple[str, ...]:
        return ()

    def opening(self) -> list[Output]:
        self._digest = hash_id("opened", self._digest)
        rows = [
            self._common("user.updated", f"opening:{number}", self.time_us)
            | {"user_id": f"u{number:07d}", "name": "Somebody", "persona": "foodie"}
            | PERSON
            for number in range(self._people)
        ]
        return [Outgoing.from_rows("users", rows)] if rows else []

    def step(self, admitted: Sequence[Batch], commands: Sequence[Command]) -> Step:
        for batch in admitted:
            for told in batch.frame["event_id"]:
                self._digest = hash_id(self._digest, told)
        results = [self._obey(command) for command in commands]
        rows = []
        for ordinal in range(3):
            common = self._common(
                "booking.requested", f"{self.tick}:{ordinal}:{self._digest}", self.time_us + ordinal * 20_000_000
            )
            rows.append(
                common
                | {
                    "venue_id": f"v{ordinal:05d}",
                    "user_id": "u0000001",
                    "booking_id": common["event_id"],
                    "party_size": 2,
                    "start_time": self.time_us,
                    "created_by": "user",
                }
            )
        self.tick += 1
        return Step([Outgoing.from_rows("bookings", rows)], results, 1, self._people)

    def foresee(self, admitted: Sequence[Batch], commands: Sequence[Command]) -> list[CommandResult]:
        del admitted
        twin = copy(self)
        return [twin._obey(command) for command in commands]

    def explain(self, user_id: str, time_us: int) -> Mapping[str, object]:
        return {"user_id": user_id, "time": time_us}

    def save(self) -> dict[str, NDArray[np.generic]]:
        return {"tick": np.array([self.tick, self._people]), "digest": np.array([self._digest], dtype="S26")}

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self.tick, self._people = (int(value) for value in arrays["tick"].tolist())
        self._digest = arrays["digest"].tolist()[0].decode()

    def _obey(self, command: Command) -> CommandResult:
        if command.name != "spawn":
            return CommandResult(command.command_id, False, f"no {command.name} here", {})
        self._people += int(str(command.parameters["count"]))
        self._digest = hash_id(self._digest, command.command_id)
        return CommandResult(command.command_id, True, None, {"population": self._people})

    def _common(self, kind: str, trigger: str, time_us: int) -> dict[str, Any]:
        identity = self._identity
        return {
            "event_id": event_id(identity.run_id, identity.branch, "simulator", trigger, kind),
            "event_type": kind,
            "run_id": identity.run_id,
            "branch": identity.branch,
            "simulation_time": time_us,
            "world": identity.world,
            "city": identity.city,
            "source": "simulator",
        }
