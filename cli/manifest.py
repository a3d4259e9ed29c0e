"""What a directory of an offline run holds: the run it is a function of, how far it is told, and every file.

The manifest is written first and after every day, so that a run that was killed is known by it and goes on.
"""

import json
import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from streamkit.contracts import Catalogue

NAME = "manifest.json"
FREE = frozenset({"python", "numpy", "polars"})
"""Versions that may differ when a run goes on: what is written already is checked record by record."""


class ManifestError(Exception):
    """A directory that cannot be written to, and why."""


@dataclass(frozen=True, slots=True)
class File:
    """One file; ``path`` is relative to the manifest.

    ``sha256`` is of the file, ``records_sha256`` of keys and values as they would stand on the topic, so that it is the
    same in every format.
    """

    path: str
    topic: str
    day: str
    records: int
    bytes: int
    sha256: str
    records_sha256: str


@dataclass(slots=True)
class Manifest:
    """``about`` is what the records are a function of; ``ticks`` how many are in files; ``days`` those that are over.

    ``causes`` are ids on the stream and the scenarios they stand for; ``files`` by path.
    """

    about: Mapping[str, object]
    ticks: int = 0
    complete: bool = False
    days: list[str] = field(default_factory=list)
    causes: Mapping[str, str] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)

    def drop_open_day(self, directory: Path) -> None:
        """Remove the files of a day that was not over: it is told again."""
        for path in [path for path, file in self.files.items() if file.day not in self.days]:
            del self.files[path]
            (directory / path).unlink(missing_ok=True)

    def write(self, directory: Path) -> Path:
        """Replace the directory's manifest in one step."""
        records: Counter[str] = Counter()
        for file in self.files.values():
            records[file.topic] += file.records
        content = {
            **self.about,
            "ticks": self.ticks,
            "complete": self.complete,
            "days": self.days,
            "causes": dict(self.causes),
            "records": dict(sorted(records.items())),
            "files": [asdict(file) for file in self.files.values()],
        }
        path = directory / NAME
        partial = path.with_suffix(".part")
        partial.write_text(json.dumps(content, indent=2) + "\n")
        partial.replace(path)
        return path


def about(run: Mapping[str, object], form: str, catalogue: Catalogue) -> dict[str, object]:
    """``run`` with the format and the versions of everything that shapes files."""
    schemas = {name: topic.version for name, topic in sorted(catalogue.topics.items())}
    versions = {
        "luna": version("luna"),
        "schemas": schemas,
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "polars": version("polars"),
    }
    return {**run, "format": form, "versions": versions}


def opened(directory: Path, described: Mapping[str, object]) -> Manifest:
    """The manifest of a directory that is new, empty or holds the beginning of the same run.

    Raises:
        ManifestError: where it holds anything else.

    """
    path = directory / NAME
    if not path.is_file():
        if directory.exists() and any(directory.iterdir()):
            raise ManifestError(f"{directory} is not empty; nothing was written")
        return Manifest(described)
    try:
        content = json.loads(path.read_text())
        files = {file["path"]: File(**file) for file in content["files"]}
        found = Manifest(described, content["ticks"], content["complete"], content["days"], content["causes"], files)
    except (ValueError, KeyError, TypeError) as error:
        raise ManifestError(f"{path} is not a manifest of this version ({error!r}); nothing was written") from error
    difference = _difference(content, described)
    if difference:
        raise ManifestError(f"{directory} holds another run: {difference}; nothing was written")
    return found


def _difference(content: Mapping[str, object], described: Mapping[str, object], within: str = "") -> str | None:
    """The first thing in which two runs differ."""
    plain = json.loads(json.dumps(dict(described)))
    for name, wanted in plain.items():
        held = content.get(name)
        if isinstance(wanted, dict) and isinstance(held, dict):
            inner = _difference({**held}, wanted, f"{within}{name} ")
            if inner:
                return inner
        elif held != wanted and not (within.startswith("versions") and name in FREE):
            return f"{within}{name} is {held!r} there, not {wanted!r}"
    return None
