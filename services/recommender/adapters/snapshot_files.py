"""Snapshots as files: one archive an id, written aside and renamed, and a list of which telling began from which."""

import hashlib
import io
import json
import os
import zipfile
from pathlib import Path

import numpy as np

from services.recommender.cities import Telling
from services.recommender.snapshots import Saved, SnapshotError

VALUES = "values.json"
BASES = "bases.json"


class SnapshotFiles:
    """Snapshots below one directory, made when the first one is saved."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def save(self, snapshot_id: str, saved: Saved) -> None:
        """Keep a state: a crash leaves the file of before, or none."""
        values = np.frombuffer(json.dumps(saved.values).encode(), dtype=np.uint8)
        path = self._path(snapshot_id)
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            aside = path.with_suffix(".part")
            with aside.open("wb") as file:
                np.savez(file, allow_pickle=False, **{**saved.arrays, VALUES: values})
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except OSError as error:
            raise SnapshotError(f"snapshot {snapshot_id}: {error.strerror}") from error

    def load(self, snapshot_id: str) -> Saved:
        """The state of an id."""
        try:
            held = io.BytesIO(self._path(snapshot_id).read_bytes())  # np.load leaves a damaged file open
            with np.load(held, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files if name != VALUES}
                values = json.loads(bytes(archive[VALUES]))
        except FileNotFoundError:
            raise SnapshotError(f"no snapshot {snapshot_id!r}") from None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise SnapshotError(f"snapshot {snapshot_id} cannot be read: {error}") from error
        return Saved(arrays, values)

    def note_base(self, telling: Telling, snapshot_id: str) -> None:
        """Remember a telling's snapshot, for after a restart."""
        bases = self._bases() | {_name(telling): snapshot_id}
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            aside = self._directory / f"{BASES}.part"
            aside.write_text(json.dumps(bases), encoding="utf-8")
            aside.replace(self._directory / BASES)
        except OSError as error:
            raise SnapshotError(f"{BASES}: {error.strerror}") from error

    def base(self, telling: Telling) -> str | None:
        """The snapshot a telling began from."""
        return self._bases().get(_name(telling))

    def _bases(self) -> dict[str, str]:
        try:
            read = json.loads((self._directory / BASES).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise SnapshotError(f"{BASES} cannot be read: {error}") from error
        return {str(name): str(snapshot_id) for name, snapshot_id in read.items()}

    def _path(self, snapshot_id: str) -> Path:
        """File of an id; what an id may be is not ours to say, so anything unusual becomes its hash."""
        plain = snapshot_id.replace("-", "").replace("_", "").isalnum() and snapshot_id.isascii()
        short = len(snapshot_id) <= 100  # noqa: PLR2004 - file systems take 255
        name = snapshot_id if plain and short else hashlib.blake2b(snapshot_id.encode(), digest_size=16).hexdigest()
        return self._directory / f"{name}.npz"


def _name(telling: Telling) -> str:
    return f"{telling[0]}/{telling[1]}"
