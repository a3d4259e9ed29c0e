"""From pydantic's errors to one line a person can act on: where it stands, what is wrong, what was probably meant."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings

from streamkit.errors import ConfigurationError

SECTIONS = ("kafka", "database", "simulator", "recommender", "booking", "analytics", "gateway")
"""Sections that one file may hold for all services; each service reads its own."""

_NEAR = 0.75
"""Likeness from which a LUNA_ variable that nobody reads is taken for a misspelling."""


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file: its values, and the line of each by path."""

    file: Path
    values: dict[str, Any]
    lines: Mapping[tuple[str, ...], int]


def read_yaml(file: Path) -> Document:
    """Read a YAML mapping with the lines of its keys.

    Raises:
        ConfigurationError: where it cannot be read or is no mapping.

    """
    try:
        text = file.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", file) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ConfigurationError(f"not YAML: {error.problem}", file, line) from error
    if values is None:
        return Document(file, {}, {})
    if not isinstance(values, dict):
        raise ConfigurationError("expected a mapping of settings", file, 1)
    lines: dict[tuple[str, ...], int] = {}
    _walk(root, (), lines)
    return Document(file, values, lines)


def _walk(node: yaml.Node | None, path: tuple[str, ...], lines: dict[tuple[str, ...], int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            lines[here] = key.start_mark.line + 1
            _walk(value, here, lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            here = (*path, str(index))
            lines[here] = value.start_mark.line + 1
            _walk(value, here, lines)


def nearest(name: str, valid: Iterable[str], cutoff: float = 0.5) -> str:
    """The valid name most like ``name``, or the empty string."""
    found = difflib.get_close_matches(name, list(valid), n=1, cutoff=cutoff)
    return found[0] if found else ""


def misspelt_section(settings: type[BaseSettings], document: Document) -> None:
    """Refuse a top-level name in the file that no service reads.

    Raises:
        ConfigurationError: naming the nearest valid one.

    """
    valid = {*settings.model_fields, *SECTIONS}
    for name in document.values:
        if name not in valid:
            line = document.lines.get((str(name),))
            raise ConfigurationError(f"unknown setting {name!r}", document.file, line, nearest(str(name), valid))


def misspelt_variable(settings: type[BaseSettings], environment: Mapping[str, str]) -> None:
    """Refuse a LUNA_ variable that is no setting but looks very much like one; others are none of our business.

    Raises:
        ConfigurationError: naming the nearest valid one.

    """
    prefix = settings.model_config.get("env_prefix", "")
    valid = {prefix + name.upper() for name in (*settings.model_fields, *SECTIONS, "config")}
    for variable in environment:
        head = variable.upper().split("__", 1)[0]
        if head.startswith(prefix) and head not in valid:
            meant = nearest(head, valid, _NEAR)
            if meant:
                raise ConfigurationError(f"environment variable {variable} is no setting", nearest=meant)


def explain(
    settings: type[BaseSettings],
    error: ValidationError,
    document: Document | None,
    environment: Mapping[str, str],
) -> ConfigurationError:
    """The first error as a `ConfigurationError` that says where the value came from."""
    first = error.errors(include_url=False)[0]
    path = tuple(str(part) for part in first["loc"])
    name = ".".join(path)
    meant = ""
    reason = f"{name}: {first['msg']}"
    if first["type"] == "extra_forbidden":
        reason = f"unknown setting {name!r}"
        near = nearest(path[-1], _fields(settings, path[:-1]))
        meant = ".".join((*path[:-1], near)) if near else ""
    variable = settings.model_config.get("env_prefix", "") + "__".join(path).upper()
    set_by = next((key for key in environment if key.upper() == variable), None)
    if set_by:
        return ConfigurationError(f"environment variable {set_by}: {reason}", nearest=meant)
    if document and path in document.lines:
        return ConfigurationError(reason, document.file, document.lines[path], meant)
    if first["type"] == "missing":
        return ConfigurationError(f"{name} is required: set {variable}, or {name} in the file that LUNA_CONFIG names")
    return ConfigurationError(reason, nearest=meant)


def _fields(model: type[BaseModel], path: tuple[str, ...]) -> list[str]:
    for part in path:
        field = model.model_fields.get(part)
        inner = field.annotation if field else None
        if not isinstance(inner, type) or not issubclass(inner, BaseModel):
            return []
        model = inner
    return list(model.model_fields)
