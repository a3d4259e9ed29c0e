"""Commands that people may give, by whatever door: their arguments, checked, and their names on the topic."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Probability = Annotated[float, Field(ge=0, le=1000)]
MAX_SPAWN = 100_000


class Arguments(BaseModel):
    """Arguments of a command; unknown ones are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Nothing(Arguments):
    """A command without arguments."""


class Speed(Arguments):
    """Simulated seconds a second, or as fast as possible."""

    multiplier: Annotated[float, Field(gt=0, le=100_000)] | Literal["max"] = Field(examples=[120])


class Rate(Arguments):
    """Events a second to aim at; null leaves the speed to decide."""

    events_per_second: Annotated[float, Field(gt=0, le=1_000_000)] | None = Field(examples=[500])


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
    simulation_time: datetime | None = None


class Behavior(Arguments):
    """Weights of actions for a persona, a scenario or everyone."""

    persona: Word | None = None
    scenario: Word | None = None
    action_probabilities: dict[Word, Probability] = Field(
        validation_alias=AliasChoices("action_probabilities", "probabilities"), min_length=1, examples=[{"browse": 0.5}]
    )
    everyone: bool = Field(default=False, alias="global")


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
}
"""Message types of the control socket."""


def parameters(arguments: Arguments) -> dict[str, object]:
    """JSON values of arguments as they stand on the topic."""
    return arguments.model_dump(mode="json", by_alias=True)
