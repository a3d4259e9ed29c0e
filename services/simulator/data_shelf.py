"""Where the files of a city are: the simulator's own, or somebody's in their place."""

import difflib
import hashlib
from dataclasses import dataclass
from pathlib import Path

from services.simulator.data_refusals import DataError, hint_of

DATA = Path(__file__).parent / "data"
FOLDERS = ("almanacs", "cities", "modifiers", "personas", "scenarios", "tables", "worlds")
_KINDS = (".csv", ".yaml")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Files of ``directory``; those of ``own``, laid out in the same way, take their places or stand beside them."""

    directory: Path = DATA
    own: Path | None = None

    def file(self, folder: str, name: str) -> Path:
        """Path of a file, whether or not it is there."""
        mine = None if self.own is None else self.own / folder / name
        return mine if mine is not None and mine.exists() else self.directory / folder / name

    def scenarios(self, city: str) -> list[Path]:
        """Scenarios of all cities, a city's own in place of those of the same name, and somebody's before both."""
        roots = [self.directory, *([] if self.own is None else [self.own])]
        found = (
            path
            for root in roots
            for place in ("", city)
            for path in sorted((root / "scenarios" / place).glob("*.yaml"))
        )
        return list({path.name: path for path in found}.values())


def digest(own: Path) -> str:
    """Sixteen letters that stand for what the files of a directory say, wherever it is.

    Raises:
        DataError: There is no such directory, or a file in it that no city would look for.

    """
    if not own.is_dir():
        raise DataError(f"{own}: no directory of data")
    told = hashlib.blake2b(digest_size=8)
    for path in sorted(one for one in own.rglob("*") if one.is_file() and one.suffix in _KINDS):
        place = path.relative_to(own)
        if place.parts[0] not in FOLDERS or len(place.parts) == 1:
            hint = hint_of(difflib.get_close_matches(place.parts[0], FOLDERS, n=1))
            raise DataError(f"{path}: a file is in one of {', '.join(FOLDERS)}{hint}")
        told.update(f"{place.as_posix()}\0".encode() + path.read_bytes())
    return told.hexdigest()
