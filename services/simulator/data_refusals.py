"""How a data file is refused: with file, line, reason and the nearest valid name."""

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DataError(Exception):
    """A data file that is not as it must be."""


def line_of(node: Any, place: list[Any]) -> int:
    """Line of the key at a path in a composed YAML tree, as far as the path goes."""
    line: int = node.start_mark.line + 1 if node is not None else 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if str(k.value) == str(part)), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


def hint_of(near: list[str]) -> str:
    """The nearest valid name, if there is one."""
    return f"; did you mean {near[0]!r}?" if near else ""


def unknown(path: Path, place: list[str | int], name: str, valid: Iterable[str]) -> DataError:
    """A name at a path of a YAML file that is none of the valid ones."""
    return wrong(path, place, _none_of(name, valid))


def wrong(path: Path, place: list[str | int], reason: str) -> DataError:
    """A value at a path of a YAML file that must not be."""
    tree = yaml.compose(path.read_text(encoding="utf-8"), Loader=LOADER)
    where = ".".join(map(str, place))
    return DataError(f"{path}:{line_of(tree, place)}: {where}: {reason}")


def check_known(path: Path, place: str, given: Iterable[str], valid: Iterable[str]) -> None:
    """Refuse the first of the given names that is none of the valid ones, at the first line that has it."""
    for name in given:
        if name not in valid:
            lines = path.read_text(encoding="utf-8").splitlines()
            line = next((number for number, text in enumerate(lines, 1) if name in text), 1)
            raise DataError(f"{path}:{line}: {place}: {_none_of(name, valid)}")


def check_row(path: Path, line: int, column: str, name: str, valid: Iterable[str]) -> None:
    """Refuse a name in a row of a table that is none of the valid ones."""
    if name not in valid:
        raise DataError(f"{path}:{line}: {column}: {_none_of(name, valid)}")


def _none_of(name: str, valid: Iterable[str]) -> str:
    names = list(valid)
    near = difflib.get_close_matches(name, names, n=1)
    return f"no {name!r}{hint_of(near) or '; there are: ' + ', '.join(names)}"
