"""Checkpoints of a branch: the whole state at a tick boundary, in one file that is either sound or ignored.

A file is magic, SHA-256, then an npz archive without pickles. It is written beside, synced and renamed, and the last
two are kept, so that a crash while one is written costs nothing.
"""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.simulator.adapters.journal import sync_directory
from streamkit.errors import Retryable

MAGIC = b"LUNACKP1"
KEPT = 2
_DIGEST = 32
_HEADER = "header"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """State before ``tick`` is computed. ``header`` is JSON; ``arrays`` are columns of plain types."""

    tick: int
    header: Mapping[str, object]
    arrays: Mapping[str, NDArray[np.generic]]


class CheckpointFiles:
    """The checkpoints of one branch, in one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def save(self, checkpoint: Checkpoint) -> None:
        """Write one more and forget all but the last two.

        Raises:
            Retryable: The disk refuses it; the earlier ones stand.

        """
        packed = io.BytesIO()
        header = np.frombuffer(json.dumps(dict(checkpoint.header)).encode(), dtype=np.uint8)
        np.savez(packed, allow_pickle=False, **{_HEADER: header}, **dict(checkpoint.arrays))
        body = packed.getvalue()
        path = self._directory / f"checkpoint-{checkpoint.tick:012d}.bin"
        beside = path.with_suffix(".part")
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.write(MAGIC + hashlib.sha256(body).digest() + body)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            sync_directory(self._directory)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise Retryable(f"checkpoint {path}: {error.strerror}") from error
        for old in self._paths()[:-KEPT]:
            old.unlink(missing_ok=True)

    def sound(self) -> list[Checkpoint]:
        """Checkpoints that can be trusted, newest first."""
        found = (_load(path) for path in reversed(self._paths()))
        return [checkpoint for checkpoint in found if checkpoint is not None]

    def _paths(self) -> list[Path]:
        return sorted(self._directory.glob("checkpoint-*.bin"))


def _load(path: Path) -> Checkpoint | None:
    content = path.read_bytes()
    digest, body = content[len(MAGIC) : len(MAGIC) + _DIGEST], content[len(MAGIC) + _DIGEST :]
    if not content.startswith(MAGIC) or hashlib.sha256(body).digest() != digest:
        return None
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, zipfile.BadZipFile):
        return None
    header = json.loads(arrays.pop(_HEADER).tobytes())
    return Checkpoint(int(header["tick"]), header, arrays)
