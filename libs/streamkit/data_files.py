"""YAML files that come with a service: what is not as its model describes is refused with file, line and reason."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from streamkit.errors import ConfigurationError

_Model = TypeVar("_Model", bound=BaseModel)


def read_yaml(kind: type[_Model], path: Path) -> _Model:
    """A file as a model.

    Raises:
        ConfigurationError: with file, line and reason.

    """
    try:
        text = path.read_text(encoding="utf-8")
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        return kind.model_validate(yaml.safe_load(text))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ConfigurationError(f"{path}:{_line(tree, first['loc'])}: {where}: {first['msg']}") from error


def _line(node: yaml.Node | None, place: tuple[int | str, ...]) -> int:
    """Line of the deepest part of a place that the file has."""
    line = node.start_mark.line + 1 if node is not None else 1
    for part in place:
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            key, found = next(((k, v) for k, v in node.value if k.value == part), (None, None))
            line = key.start_mark.line + 1 if key is not None else line
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
            line = found.start_mark.line + 1
        node = found
        if node is None:
            break
    return line
