"""Files of an offline run: one a topic and simulated day, in formats that other tools read without our code.

A day of more than `PART_RECORDS` records of a topic is cut into several files, so that it never lies in memory whole.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import polars as pl

from cli.manifest import File, Manifest
from streamkit.codec import Codec
from streamkit.contracts import Catalogue, Topic
from streamkit.memory import MemoryLog
from streamkit.raw import RawBatch

HEADER_BYTES = 5
"""Zero byte and schema id in front of each value on the wire."""

SYNC_BYTES = 16
BLOCK_RECORDS = 4_096

PART_RECORDS = 250_000
"""Records of a file at most, but for those of its last tick: some 100 MB as bytes, three times that while encoded."""

LENGTH_BYTES = 4
NULL_LENGTH = b"\xff" * LENGTH_BYTES


class ChangedError(Exception):
    """What is told now is not what was written before."""


class Exporter:
    """Writes what a log has gained since the last call, and checks what was written before instead of writing it."""

    def __init__(self, catalogue: Catalogue, codec: Codec, directory: Path, form: str, manifest: Manifest) -> None:
        self._catalogue = catalogue
        self._codec = codec
        self._directory = directory
        self._form = form
        self._manifest = manifest
        self._over = frozenset(manifest.days)
        self._written: dict[str, int] = {}
        self._parts: Counter[tuple[str, str]] = Counter()
        self._files: list[File] = []
        self.records = 0
        """Records told so far, written now or before."""

    @property
    def written(self) -> Mapping[str, int]:
        """Index of the next record to write, by topic."""
        return self._written

    def write(self, log: MemoryLog, day: str, at_least: int = 1) -> bool:
        """Write the new records of every topic that has so many, as those of a day; whether there were any.

        Raises:
            ChangedError: where that day was written before, and differently.
            OSError: where files cannot be written; those written before are whole.

        """
        gained = False
        for name in log.topics:
            start, stop = self._written.get(name, 0), log.size(name)
            if stop - start < at_least or name not in self._catalogue.topics:
                continue
            gained = True
            self._written[name] = stop
            self._write(name, day, log.raw(name, start, stop))
        return gained

    def end_day(self, day: str) -> None:
        """Everything of a day has been written: take its files into the manifest."""
        if day in self._over:
            told = {file.path for file in self._files}
            missing = [path for path, file in self._manifest.files.items() if file.day == day and path not in told]
            if missing:
                raise ChangedError(f"{missing[0]} was written before, and is not told now")
        self._manifest.files.update({file.path: file for file in self._files})
        self._files.clear()

    def _write(self, topic: str, day: str, raw: RawBatch) -> None:
        values = [value for value in raw.values if value is not None]
        if self._manifest.about.get("imperfections"):
            values = _readable(self._codec, topic, values)
        part = self._parts[topic, day]
        self._parts[topic, day] += 1
        path = f"{topic}/{day}{f'-{part + 1}' if part else ''}.{self._form}"
        digest = records_digest(raw)
        self.records += len(values)
        before = self._manifest.files.get(path) if day in self._over else None
        if day in self._over and (before is None or before.records_sha256 != digest):
            raise ChangedError(f"{path} was written before with other records: by another version, or in another place")
        if before is not None and _size(self._directory / path) == before.bytes:
            self._files.append(before)
            return
        body = FORMATS[self._form](self._catalogue.topic(topic), self._codec, values)
        _replace(self._directory / path, body)
        checksum = hashlib.sha256(body).hexdigest()
        self._files.append(File(path, topic, day, len(values), len(body), checksum, digest))


def records_digest(raw: RawBatch) -> str:
    """SHA-256 over keys and values with their lengths, in order of arrival; a null has the length -1."""
    digest = hashlib.sha256()
    for pair in zip(raw.keys, raw.values, strict=True):
        for part in pair:
            digest.update(NULL_LENGTH if part is None else len(part).to_bytes(LENGTH_BYTES, "big") + part)
    return digest.hexdigest()


def _readable(codec: Codec, topic: str, values: Sequence[bytes]) -> list[bytes]:
    """Values that a table can hold: those that were not corrupted on purpose."""
    poison = {one.index for one in codec.decode(topic, values).poison}
    return [value for row, value in enumerate(values) if row not in poison]


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _replace(path: Path, body: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(path.suffix + ".part")
    try:
        partial.write_bytes(body)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def _frame(topic: Topic, codec: Codec, values: Sequence[bytes]) -> pl.DataFrame:
    """Records as a table whose timestamps are timestamps."""
    frame = codec.decode(topic.name, values).frame
    moments = [field["name"] for field in topic.schema["fields"] if "timestamp-micros" in json.dumps(field["type"])]
    return frame.with_columns(pl.col(name).cast(pl.Datetime("us", "UTC")) for name in moments)


def _parquet(topic: Topic, codec: Codec, values: Sequence[bytes]) -> bytes:
    out = BytesIO()
    _frame(topic, codec, values).write_parquet(out)
    return out.getvalue()


def _jsonl(topic: Topic, codec: Codec, values: Sequence[bytes]) -> bytes:
    frame = _frame(topic, codec, values)
    moments = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    text = frame.with_columns(pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ") for name in moments).write_ndjson()
    return text.encode()


def _avro(topic: Topic, codec: Codec, values: Sequence[bytes]) -> bytes:
    """An object container (Avro 1.11, "Object Container Files"): the values are Avro bodies already, and stay so."""
    del codec
    schema = json.dumps(dict(topic.schema)).encode()
    sync = hashlib.sha256(schema).digest()[:SYNC_BYTES]
    meta = {b"avro.schema": schema, b"avro.codec": b"null"}
    parts = [b"Obj\x01", _varint(len(meta)), *(_bytes(key) + _bytes(value) for key, value in meta.items()), b"\0", sync]
    for start in range(0, len(values), BLOCK_RECORDS):
        block = [value[HEADER_BYTES:] for value in values[start : start + BLOCK_RECORDS]]
        body = b"".join(block)
        parts += [_varint(len(block)), _bytes(body), sync]
    return b"".join(parts)


def _bytes(value: bytes) -> bytes:
    return _varint(len(value)) + value


def _varint(number: int) -> bytes:
    """Zig-zag varint of a number that is not negative."""
    rest, out = number << 1, bytearray()
    while rest > 0x7F:  # noqa: PLR2004 - seven bits a byte
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes([*out, rest])


FORMATS: Mapping[str, Callable[[Topic, Codec, Sequence[bytes]], bytes]] = {
    "parquet": _parquet,
    "avro": _avro,
    "jsonl": _jsonl,
}
