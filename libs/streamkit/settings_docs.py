"""The settings table of the docs and `.env.example`, rendered from the classes so that they cannot disagree."""

import types
import typing
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from streamkit.settings import CONFIG_VARIABLE, PREFIX


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: its name, its kind, its default as text (None where it must be set), and its meaning."""

    variable: str
    kind: str
    default: str | None
    meaning: str


def settings_of(model: type[BaseModel], prefix: str = PREFIX, given: BaseModel | None = None) -> Iterator[Setting]:
    """Every variable of a settings class, nested ones included, in the order of the class.

    ``given`` is the section that the service has when nothing is set: its values are the defaults, not the class's.
    """
    for name, field in model.model_fields.items():
        variable = prefix + name.upper()
        section = _section(field.annotation)
        if section is not None:
            usual = getattr(given, name) if given else field.get_default(call_default_factory=True, validated_data={})
            yield from settings_of(section, f"{variable}__", usual if isinstance(usual, section) else None)
        else:
            default = _printed(getattr(given, name)) if given else _default(field)
            yield Setting(variable, _kind(field.annotation), default, field.description or "")


def unique(models: Iterable[type[BaseModel]]) -> list[Setting]:
    """Variables of several classes, each once, the first one's order."""
    found: dict[str, Setting] = {}
    for model in models:
        for setting in settings_of(model):
            found.setdefault(setting.variable, setting)
    return list(found.values())


def markdown_table(models: Sequence[type[BaseModel]]) -> str:
    """The settings of some classes as a Markdown table."""
    lines = ["| variable | kind | default | meaning |", "|---|---|---|---|"]
    for one in unique(models):
        default = "required" if one.default is None else f"`{one.default}`" if one.default else "empty"
        lines.append(f"| `{one.variable}` | {one.kind.replace('|', 'or')} | {default} | {one.meaning} |")
    return "\n".join(lines) + "\n"


def env_example(models: Sequence[type[BaseModel]]) -> str:
    """A file of variables with their defaults, commented out; what must be set stands uncommented and empty."""
    lines = [f"# YAML file with the same settings; variables win over it\n# {CONFIG_VARIABLE}=luna.yaml\n"]
    for one in unique(models):
        value = f"{one.variable}=" if one.default is None else f"# {one.variable}={one.default}"
        lines.append(f"# {one.meaning} ({one.kind})\n{value}\n")
    return "\n".join(lines)


def _section(annotation: object) -> type[BaseModel] | None:
    for candidate in (annotation, *typing.get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _kind(annotation: object) -> str:
    if typing.get_origin(annotation) is typing.Annotated:
        return _kind(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) is typing.Literal:
        return ", ".join(str(value) for value in typing.get_args(annotation))
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        return " | ".join(_kind(part) for part in typing.get_args(annotation) if part is not type(None))
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _default(field: FieldInfo) -> str | None:
    if field.is_required():
        return None
    return _printed(field.get_default(call_default_factory=True, validated_data={}))


def _printed(value: object) -> str:
    if value is PydanticUndefined or value is None:
        return ""
    if isinstance(value, SecretStr):
        return "**********"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)
