"""A topic and its event types, as ``schemas/topics.yaml`` declares them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

Schema: TypeAlias = Mapping[str, Any]
"""A parsed ``.avsc``."""


@dataclass(frozen=True, slots=True)
class EventType:
    """One kind of event: who may produce it, and the columns it must set beside the common ones."""

    name: str
    producers: tuple[str, ...]
    sets: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """One topic with its record schema, the schema's committed versions and its event types.

    ``retention_mib`` is per partition, -1 without bound. ``time_ordered``: a key's records never go back in time.
    ``versions`` maps version to schema, oldest first.
    """

    name: str
    purpose: str
    key: str
    partitions: int
    cleanup: Literal["delete", "compact"]
    retention_mib: int
    dlq: bool
    wall_clock: bool
    time_ordered: bool
    consumers: tuple[str, ...]
    events: Mapping[str, EventType]
    schema: Schema
    versions: Mapping[int, Schema] = field(default_factory=dict)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns of the record, in order."""
        return tuple(column["name"] for column in self.schema["fields"])

    @property
    def compacted(self) -> bool:
        """Whether the topic keeps the latest row of each key, and a null value removes one."""
        return self.cleanup == "compact"

    @property
    def version(self) -> int:
        """Latest committed version of the schema; 1 before the first is committed."""
        return max(self.versions, default=1)
