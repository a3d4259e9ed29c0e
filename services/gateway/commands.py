"""Commands that people may give, by whatever door: their arguments, checked, and their names on the topic."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from services.gateway.moments import Moment, ZonedMoment

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
CommandName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}(\.[a-z][a-z0-9_]{0,63})?$")]
Probability = Annotated[float, Field(ge=0, le=1)]
MAX_SPAWN = 100_000
SLOWEST, FASTEST = 1, 1_000
"""Simulated seconds a second. Bounds are the simulator's own, so that what it would refuse is refused here: a test
compares."""


class Arguments(BaseModel):
    """Arguments of a command; unknown ones are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, strict=True)

    @model_validator(mode="after")
    def _fit_for_the_topic(self) -> Self:
        """Refuse what Python reads from JSON and no other reader would: numbers over 64 bits, half a letter."""
        try:
            orjson.dumps(parameters(self))
        except (TypeError, ValueError) as error:
            raise ValueError(f"cannot be sent on: {error}") from error
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema, with every name that a field may have: pydantic tells the first only."""
        schema = handler.resolve_ref_schema(handler(core))
        properties, required = schema.get("properties", {}), schema.get("required", [])
        for field in cls.model_fields.values():
            if not isinstance(field.validation_alias, AliasChoices):
                continue
            first, *others = map(str, field.validation_alias.choices)
            properties.update(dict.fromkeys(others, properties[first]))
            if first in required:
                required.remove(first)
                schema["anyOf"] = [{"required": [name]} for name in (first, *others)]
        return schema


class Nothing(Arguments):
    """A command without arguments."""


class Speed(Arguments):
    """Simulated seconds a second, or as fast as possible."""

    multiplier: Annotated[float, Field(ge=SLOWEST, le=FASTEST)] | Literal["max"] = Field(examples=[120])


class Rate(Arguments):
    """Events a second to aim at; null leaves the speed to decide."""

    events_per_second: Annotated[float, Field(gt=0, le=10_000_000)] | None = Field(examples=[500])


class ScenarioChange(Arguments):
    """A scenario to start, or to let settle."""

    scenario: Word = Field(examples=["lunch_rush"])
    action: Literal["start", "stop"] = "start"
    intensity: Annotated[float, Field(ge=0.1, le=3)] | None = None
    hold_minutes: Annotated[float, Field(ge=0, le=10_080)] | None = None


class Spawn(Arguments):
    """New people."""

    count: int = Field(ge=1, le=MAX_SPAWN, examples=[25])
    befriend: bool = False


class Trigger(Arguments):
    """An event of the environment to make happen."""

    event_type: Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=64)] = Field(
        examples=["weather.changed"]
    )
    channel: Word = Field(examples=["environment"])
    payload: dict[Word, Any] = Field(default_factory=dict, max_length=50, examples=[{"condition": "rain"}])
    user_id: Annotated[str, StringConstraints(pattern=r"^u\d{7}$")] | None = None
    venue_id: Annotated[str, StringConstraints(pattern=r"^v\d{5}$")] | None = None
    simulation_time: Moment | None = None


class Behavior(Arguments):
    """Weights of actions for a persona, a scenario or everyone."""

    persona: Word | None = None
    scenario: Word | None = None
    action_probabilities: dict[Word, Probability] = Field(
        validation_alias=AliasChoices("action_probabilities", "probabilities"), min_length=1, examples=[{"browse": 0.5}]
    )
    everyone: bool = Field(default=False, alias="global")


class Weather(Arguments):
    """Weather that holds for some hours instead of the city's own; without a condition its own holds again."""

    condition: Word | None = Field(default=None, examples=["rain"])
    hours: Annotated[float, Field(gt=0, le=240)] = 3.0
    city: Word | None = None


class Snapshot(Arguments):
    """A snapshot to save; its name is also a directory's."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")] = Field(examples=["before-lunch"])
    description: Annotated[str, StringConstraints(max_length=1_000)] = ""


class Saved(Arguments):
    """A snapshot that was saved, by its id or its name."""

    snapshot: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")] = Field(
        validation_alias=AliasChoices("snapshot", "snapshot_id", "name"), examples=["before-lunch"]
    )


class Travel(Arguments):
    """A simulated moment to go to, back or ahead; with ``pause`` the clock stands still on arrival."""

    to: ZonedMoment = Field(
        validation_alias=AliasChoices("to", "target_time", "simulation_time", "timestamp"),
        examples=["2024-06-07T17:30:00Z"],
    )
    pause: bool = False


class Seed(Arguments):
    """A city made anew from a seed: the same words make the same people, places and friendships."""

    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = Field(default=None, examples=[42])
    users: Annotated[int, Field(ge=0, le=10_000_000)] | None = Field(default=None, examples=[500])
    venues: Annotated[int, Field(ge=1, le=100_000)] | None = Field(default=None, examples=[120])


class Anything(Arguments):
    """Arguments that only the simulator judges: it knows every command, and names what it refuses."""

    model_config = ConfigDict(frozen=True, extra="allow")


@dataclass(frozen=True, slots=True)
class Command:
    """A kind of command: its name on the topic and the shape of its arguments."""

    name: str
    arguments: type[Arguments]


SOCKET_COMMANDS: Mapping[str, Command] = {
    "start": Command("start", Nothing),
    "pause": Command("pause", Nothing),
    "resume": Command("resume", Nothing),
    "stop": Command("stop", Nothing),
    "reset": Command("reset", Nothing),
    "set_speed": Command("speed", Speed),
    "set_rate": Command("rate", Rate),
    "set_scenario": Command("scenario", ScenarioChange),
    "spawn_users": Command("spawn", Spawn),
    "trigger_event": Command("trigger", Trigger),
    "adjust_behavior": Command("behavior", Behavior),
    "weather": Command("weather", Weather),
    "seed": Command("seed", Seed),
    "create_snapshot": Command("snapshot.create", Snapshot),
    "restore_snapshot": Command("snapshot.restore", Saved),
    "travel": Command("travel", Travel),
}
"""Message types of the control socket."""


SLOW = frozenset({"start", "seed", "reset", "snapshot", "snapshot.create", "snapshot.restore", "travel"})
"""Commands acknowledged once a new telling stands, or once every service has saved or loaded its state."""

DISCARDING = frozenset({"reset", "seed", "snapshot.restore", "snapshot.delete", "travel"})
"""Commands that leave the present telling behind or delete one: an administrator's."""


def parameters(arguments: Arguments) -> dict[str, object]:
    """JSON values of arguments as they stand on the topic."""
    return arguments.model_dump(mode="json", by_alias=True)
