"""Snapshots on disk: `<root>/<name>/` with manifest.json and one npz a part, whole or not there at all."""

import hashlib
import io
import os
import re
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from services.simulator.adapters.journal import sync_directory
from services.simulator.snapshots.layout import Arrays
from services.simulator.snapshots.manifest import Manifest, SnapshotError, read

MANIFEST = "manifest.json"
DIRECTORY = "snapshots"
"""Below the data directory."""

_NAME = re.compile(r"^[a-z0-9][a-z0-9_.-]{0,63}$")
_BESIDE = ".part"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A manifest and the columns of each part."""

    manifest: Manifest
    parts: Mapping[str, Arrays]


class SnapshotFiles:
    """The snapshots below one directory."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def save(self, manifest: Manifest, parts: Mapping[str, Arrays]) -> Manifest:
        """Write a snapshot; returns the manifest with its check sums.

        Raises:
            SnapshotError: The name is taken or none, or the disk refuses it; nothing is left behind.

        """
        path = self._path(manifest.name)
        if path.exists():
            raise SnapshotError(f"there is a snapshot {manifest.name} already; delete it or take another name")
        bodies = {f"{part}.npz": _packed(arrays) for part, arrays in parts.items()}
        manifest = replace(manifest, parts={name: _digest(body) for name, body in bodies.items()})
        beside = path.with_name(f".{manifest.name}{_BESIDE}")
        try:
            shutil.rmtree(beside, ignore_errors=True)
            beside.mkdir(parents=True)
            for name, body in {**bodies, MANIFEST: manifest.printed().encode()}.items():
                _write(beside / name, body)
            sync_directory(beside)
            beside.rename(path)
            sync_directory(self._root)
        except OSError as error:
            shutil.rmtree(beside, ignore_errors=True)
            raise SnapshotError(f"snapshot {manifest.name}: {error.strerror}") from error
        return manifest

    def load(self, name: str) -> Snapshot:
        """Read a snapshot, once every check sum is known to be right.

        Raises:
            SnapshotError: There is none, or it cannot be trusted.

        """
        manifest = self.manifest(name)
        parts: dict[str, Arrays] = {}
        for file, digest in manifest.parts.items():
            path = self._path(name) / file
            try:
                body = path.read_bytes()
            except OSError as error:
                raise SnapshotError(f"{path}: {error.strerror}") from error
            if _digest(body) != digest:
                raise SnapshotError(f"{path} is damaged: its SHA-256 is {_digest(body)}, not {digest}")
            parts[file.removesuffix(".npz")] = _unpacked(body, path)
        return Snapshot(manifest, parts)

    def manifest(self, name: str) -> Manifest:
        """What a snapshot says of itself; raises `SnapshotError`."""
        path = self._path(name) / MANIFEST
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            there = ", ".join(self._names()) or "none"
            raise SnapshotError(f"no snapshot {name!r}; there are: {there}") from None
        except (OSError, UnicodeDecodeError) as error:
            raise SnapshotError(f"{path} cannot be read: {error}") from error
        return read(text, str(path))

    def all(self) -> list[Manifest]:
        """Every snapshot that can be read, by name."""
        found = []
        for name in self._names():
            try:
                found.append(self.manifest(name))
            except SnapshotError:
                continue
        return found

    def named(self, word: str) -> Manifest:
        """The snapshot of an id or a name; raises `SnapshotError`."""
        by_id = [one for one in self.all() if one.snapshot_id == word]
        return by_id[0] if by_id else self.manifest(word)

    def size(self, name: str) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self._path(name).iterdir())

    def delete(self, name: str) -> None:
        """Remove a snapshot, readable or not; raises `SnapshotError` where there is none."""
        path = self._path(name)
        if not path.is_dir():
            raise SnapshotError(f"no snapshot {name!r}; there are: {', '.join(self._names()) or 'none'}")
        shutil.rmtree(path)

    def _names(self) -> list[str]:
        return sorted(path.parent.name for path in self._root.glob(f"*/{MANIFEST}") if _NAME.match(path.parent.name))

    def _path(self, name: str) -> Path:
        if not _NAME.match(name):
            raise SnapshotError(f"{name!r} is no name: small letters, digits, dot, dash and underscore, at most 64")
        return self._root / name


def _packed(arrays: Arrays) -> bytes:
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **dict(arrays))
    return packed.getvalue()


def _unpacked(body: bytes, path: Path) -> Arrays:
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, zipfile.BadZipFile) as error:
        raise SnapshotError(f"{path} is damaged: {error}") from error


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _write(path: Path, body: bytes) -> None:
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
