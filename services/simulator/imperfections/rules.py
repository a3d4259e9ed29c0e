"""What goes wrong, on which topic, how often: validated wherever it is said, in settings or by a command."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field, TypeAdapter

Fault = Literal["late", "duplicate", "drop", "reorder", "corrupt"]
EVERY_TOPIC = "*"

TOPICS = ("user_actions", "social_interactions", "bookings", "environment", "users", "venues")
"""Topics that tell the city. The truth about it and what is said of the machinery stay as they are."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A share of a topic's records to which one thing happens.

    ``late`` and ``duplicate`` come up to ``delay_minutes`` of simulated time after their moment, uniformly; of a record
    that meets several rules the first one holds.
    """

    __pydantic_config__: ClassVar[Mapping[str, object]] = {"extra": "forbid"}

    topic: Literal["*", "user_actions", "social_interactions", "bookings", "environment", "users", "venues"]
    kind: Fault
    rate: Annotated[float, Field(ge=0, le=1)]
    delay_minutes: Annotated[float, Field(gt=0, le=10_080)] = 10.0
    event_type: str | None = None


_RULES: TypeAdapter[tuple[Rule, ...]] = TypeAdapter(tuple[Rule, ...])


def parse(values: object) -> tuple[Rule, ...]:
    """Rules out of plain values.

    Raises:
        ValidationError: Something is unknown, missing or out of bounds.

    """
    return _RULES.validate_python(values)


def plain(rules: Sequence[Rule]) -> list[dict[str, object]]:
    """Rules as plain values."""
    return [asdict(rule) for rule in rules]
