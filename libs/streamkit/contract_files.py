"""Reading the files of the contracts strictly: a mistake is reported with its file, line and nearest valid name."""

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from streamkit.errors import ConfigurationError

PRIMITIVES = ("string", "int", "long", "float", "double", "boolean")


class ContractError(ConfigurationError):
    """The contracts contradict themselves, or are asked for what they do not have."""


class EventModel(BaseModel):
    """An event type in ``topics.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    producer: str | list[str]
    sets: list[str]


class TopicModel(BaseModel):
    """A topic in ``topics.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    purpose: str
    key: str
    cleanup: Literal["delete", "compact"]
    retention_mib: int = Field(ge=-1)
    consumers: list[str]
    events: dict[str, EventModel] = Field(min_length=1)
    partitions: int | None = Field(default=None, gt=0)
    dlq: bool = True
    wall_clock: bool = False
    time_ordered: bool = True


class TopicsModel(BaseModel):
    """The whole of ``topics.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    partitions: int = Field(gt=0)
    dlq_retention_mib: int = Field(gt=0)
    topics: dict[str, TopicModel] = Field(min_length=1)


class _StrictLoader(yaml.SafeLoader):
    """Refuses a key that stands twice in one mapping; YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # PyYAML's own signature
        seen = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key_node.value!r} stands twice", problem_mark=key_node.start_mark)
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


@dataclass(frozen=True)
class Document:
    """A parsed ``topics.yaml`` that still knows its lines."""

    path: Path
    node: yaml.Node
    parsed: TopicsModel

    @staticmethod
    def yaml(path: Path) -> object:
        """Content of a YAML file."""
        try:
            return yaml.load(path.read_text(encoding="utf-8"), _StrictLoader)  # noqa: S506  # a SafeLoader
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ContractError(f"{path}:{line}: {error.problem}") from error

    def refuse(self, at: tuple[str, ...], reason: str) -> NoReturn:
        """Raise `ContractError` that points at a place of the file."""
        raise ContractError(f"{self.path}:{line_of(self.node, at)}: {reason}")


def load_document(path: Path) -> Document:
    """Read ``topics.yaml``; raises `ContractError`."""
    try:
        content = Document.yaml(path)
    except OSError as error:
        raise ContractError(f"{path}: {error.strerror}") from error
    node = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    if node is None:
        raise ContractError(f"{path}:1: the file is empty")
    try:
        return Document(path, node, TopicsModel.model_validate(content))
    except ValidationError as error:
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        where = tuple(str(part) for part in first["loc"])
        reason = f"{'.'.join(where)}: {first['msg']}{_nearest_field(first['type'], where)}"
        raise ContractError(f"{path}:{line_of(node, where)}: {reason}") from error


def _nearest_field(kind: str, where: tuple[str, ...]) -> str:
    if kind != "extra_forbidden":
        return ""
    models: dict[int, type[BaseModel]] = {1: TopicsModel, 3: TopicModel, 5: EventModel}
    model = models.get(len(where))
    return nearest(where[-1], model.model_fields) if model else ""


def line_of(node: yaml.Node, at: Iterable[str]) -> int:
    """Line of the deepest place on a path of keys that exists."""
    line = node.start_mark.line
    for part in at:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == part), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
            node = node.value[int(part)]
            line = node.start_mark.line
        else:
            break
    return int(line) + 1


def nearest(name: str, valid: Iterable[str]) -> str:
    """A hint that names the closest valid name, or nothing when none is close."""
    close = difflib.get_close_matches(name, list(valid), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def load_schema(path: Path) -> Mapping[str, Any]:
    """Read a flat record schema; raises `ContractError` for anything the columnar codec does not write."""
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ContractError(f"{path}:{error.lineno}: {error.msg}") from error
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise ContractError(f"{path}:1: must be a record")
    for column in schema["fields"]:
        kind = column["type"]
        nullable = isinstance(kind, list)
        if nullable and (len(kind) != 2 or kind[0] != "null" or column.get("default", ...) is not None):  # noqa: PLR2004  # null and one type
            raise ContractError(f"{path}: column {column['name']!r} must be [null, type] with default null")
        inner = kind[1] if nullable else kind
        if (inner["type"] if isinstance(inner, dict) else inner) not in PRIMITIVES:
            raise ContractError(f"{path}: column {column['name']!r} has type {inner}, not one of {PRIMITIVES}")
    return schema
