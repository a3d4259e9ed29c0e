"""Files of an offline run: one a topic and simulated day, in formats that other tools read without our code."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

import polars as pl

from streamkit.codec import Codec
from streamkit.contracts import Catalogue, Topic
from streamkit.memory import MemoryLog

HEADER_BYTES = 5
"""Zero byte and schema id in front of each value on the wire."""

SYNC_BYTES = 16
BLOCK_RECORDS = 4_096


@dataclass(frozen=True, slots=True)
class File:
    """One file as the manifest lists it; ``path`` is relative to the manifest."""

    path: str
    topic: str
    day: str
    records: int
    bytes: int
    sha256: str


class Exporter:
    """Writes what a log has gained since the last call."""

    def __init__(self, catalogue: Catalogue, codec: Codec, directory: Path, form: str) -> None:
        self._catalogue = catalogue
        self._codec = codec
        self._directory = directory
        self._form = form
        self._written: dict[str, int] = {}
        self.files: list[File] = []

    def write(self, log: MemoryLog, day: str) -> None:
        """Write the new records of every topic as those of a day."""
        for name in log.topics:
            start, stop = self._written.get(name, 0), log.size(name)
            if stop == start or name not in self._catalogue.topics:
                continue
            self._written[name] = stop
            values = [value for value in log.raw(name, start, stop).values if value is not None]
            topic = self._catalogue.topic(name)
            body = FORMATS[self._form](topic, self._codec, values)
            path = self._directory / name / f"{day}.{self._form}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
            relative = path.relative_to(self._directory).as_posix()
            self.files.append(File(relative, name, day, len(values), len(body), hashlib.sha256(body).hexdigest()))

    def manifest(self, about: Mapping[str, object]) -> Path:
        """Write ``manifest.json``: what was told, and every file with its check sum."""
        path = self._directory / "manifest.json"
        content = {**about, "format": self._form, "files": [asdict(file) for file in self.files]}
        path.write_text(json.dumps(content, indent=2) + "\n")
        return path


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
