"""The codec of a catalogue: which schema id each topic writes, which ids it reads, and the contract on both sides."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.codec.columns import EncodeError
from streamkit.codec.contract import ContractCheck
from streamkit.codec.decode import Poison, Reader
from streamkit.codec.direct import Framer
from streamkit.codec.encode import encode_bodies
from streamkit.codec.few import FEW, encode_few
from streamkit.codec.keys import encode_keys
from streamkit.codec.plan import Plan
from streamkit.codec.structure import HEADER_BYTES, SLACK
from streamkit.contracts import Catalogue, ContractError, Topic, subject_of
from streamkit.produced import foreign
from streamkit.records import Outgoing


@dataclass(frozen=True, slots=True)
class Encoded:
    """Records ready to be produced: row i is ``keys[i]``, ``values[i]``."""

    topic: str
    keys: list[bytes]
    values: list[bytes]


@dataclass(frozen=True, slots=True)
class Framed:
    """Records that were checked and not yet encoded: row i of ``frame`` has ``keys[i]``."""

    keys: list[bytes]
    frame: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded chunk of one topic.

    ``frame`` has every column of the current schema, timestamps as Int64 microseconds; ``rows`` are the indices of
    its rows among the values given; ``removed`` the indices of tombstones (compacted topics only); every other
    value is in ``poison``.
    """

    frame: pl.DataFrame
    rows: NDArray[np.intp]
    poison: list[Poison]
    removed: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _TopicCodec:
    topic: Topic
    plan: Plan
    header: bytes
    readers: Mapping[int, Reader]
    check: ContractCheck
    framer: Framer


class Codec:
    """Encodes and decodes the topics of a catalogue.

    ``schema_ids`` maps ``<subject>/<version>`` to schema ids: the committed ones, or a registry's. With ``service``
    it refuses to encode what that service may not produce.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        schema_ids: Mapping[str, int] | None = None,
        service: str | None = None,
        few: int = FEW,
    ) -> None:
        """Batches of up to ``few`` records take the path for a handful, longer ones the columnar path."""
        self._few = few
        self._catalogue = catalogue
        self._service = service
        ids = catalogue.schema_ids if schema_ids is None else schema_ids
        self._topics = {name: _topic_codec(topic, ids) for name, topic in catalogue.topics.items()}

    @property
    def catalogue(self) -> Catalogue:
        """The contracts that it holds records to."""
        return self._catalogue

    def encode(self, outgoing: Outgoing) -> Encoded:
        """Keys and values of a batch; raises `EncodeError` naming topic and column."""
        known = self._checked(outgoing)
        try:
            keys = encode_keys(known.topic.key, outgoing.columns.get(known.topic.key), outgoing.rows)
            encode = encode_few if outgoing.rows <= self._few else encode_bodies
            values = encode(known.plan, known.header, outgoing.columns, outgoing.rows)
        except EncodeError as error:
            raise EncodeError(f"{outgoing.topic}: {error}") from None
        if outgoing.damaged is not None:
            for row in np.flatnonzero(outgoing.damaged).tolist():
                values[row] = _cut(values[row])
        return Encoded(outgoing.topic, keys, values)

    def frame(self, outgoing: Outgoing) -> Framed | None:
        """What decoding the encoded batch would give, for a handful of sound records; None where there are more.

        Every value is checked as by `encode`, whose errors it raises; the contract by `encode_frame`.
        """
        if outgoing.rows > self._few or outgoing.damaged is not None:
            return None
        known = self._checked(outgoing)
        try:
            keys = encode_keys(known.topic.key, outgoing.columns.get(known.topic.key), outgoing.rows)
            return Framed(keys, known.framer.frame(outgoing.columns, outgoing.rows))
        except EncodeError as error:
            raise EncodeError(f"{outgoing.topic}: {error}") from None

    def encode_frame(self, topic: str, frame: pl.DataFrame) -> list[bytes]:
        """Values of records that `frame` gave; raises `EncodeError` where one breaks the topic's contract."""
        broken = next(iter(self._topic(topic).check.violations(frame).values()), None)
        if broken is not None:
            raise EncodeError(f"{topic}: {broken}")
        return self.encode(Outgoing(topic, frame.height, {name: frame[name] for name in frame.columns})).values

    def decode(self, topic: str, values: Sequence[bytes | None]) -> Decoded:
        """Columns of the values that can be read and keep the contract; never raises on bad data."""
        known = self._topic(topic)
        poison: list[Poison] = []
        removed: list[int] = []
        indices, present = _present(known.topic, values, poison, removed)
        frames, rows = [], []
        for schema_id, members in _by_schema(present, indices, poison).items():
            chosen = present if len(members) == len(present) else [present[row] for row in members.tolist()]
            origin = indices[members]
            reader = known.readers.get(schema_id)
            if reader is None:
                reason = f"schema id {schema_id} is none of {topic}"
                poison += [Poison(index, "UnknownSchema", reason) for index in origin.tolist()]
                continue
            if len(chosen) <= self._few:
                frame, kept, bad = reader.read_few(chosen)
            else:
                lengths = np.fromiter(map(len, chosen), dtype=np.int64, count=len(chosen))
                frame, kept, bad = reader.read(b"".join([*chosen, bytes(SLACK)]), lengths)
            poison += [Poison(int(origin[one.index]), one.error, one.message) for one in bad]
            frames.append(frame)
            rows.append(origin[kept])
        frame, index = _in_order(frames, rows, known.plan)
        frame, index = _contract(known, frame, index, poison)
        poison.sort(key=lambda one: one.index)
        return Decoded(frame, index, poison, np.asarray(removed, dtype=np.intp))

    def schema_id(self, topic: str) -> int:
        """Id of the schema that this codec writes on a topic."""
        return int(struct.unpack(">I", self._topic(topic).header[1:])[0])

    def _checked(self, outgoing: Outgoing) -> _TopicCodec:
        """Codec of the topic of a batch that may be written there."""
        known = self._topic(outgoing.topic)
        unknown = next((name for name in outgoing.columns if name not in known.plan.names), None)
        if unknown is not None:
            raise EncodeError(f"{outgoing.topic}: column {unknown!r} is not in the schema")
        if self._service is not None and outgoing.rows:
            wrong = foreign(known.topic, outgoing, self._service)
            if wrong:
                raise EncodeError("; ".join(wrong))
        return known

    def _topic(self, name: str) -> _TopicCodec:
        known = self._topics.get(name)
        if known is None:
            self._catalogue.topic(name)
            raise ContractError(f"no codec for topic {name!r}")
        return known


def _cut(value: bytes) -> bytes:
    """The header and half the body: some columns are always missing, so that no reader takes it for a record."""
    return value[: HEADER_BYTES + (len(value) - HEADER_BYTES) // 2]


def _topic_codec(topic: Topic, ids: Mapping[str, int]) -> _TopicCodec:
    subject = subject_of(topic.name)
    if f"{subject}/{topic.version}" not in ids:
        raise ContractError(f"no schema id for version {topic.version} of {subject}")
    known = {version: ids[f"{subject}/{version}"] for version in topic.versions if f"{subject}/{version}" in ids}
    readers = {known[version]: Reader(topic.versions[version], topic.schema) for version in known}
    header = struct.pack(">bI", 0, known[topic.version])
    plan = Plan.of(topic.schema)
    return _TopicCodec(topic, plan, header, readers, ContractCheck(topic), Framer(plan))


def _present(
    topic: Topic, values: Sequence[bytes | None], poison: list[Poison], removed: list[int]
) -> tuple[NDArray[np.intp], Sequence[bytes]]:
    """Values that are there, with their indices; nulls go to ``removed`` or, where none is meant, to ``poison``."""
    if None not in values:
        return np.arange(len(values), dtype=np.intp), values  # type: ignore[return-value]
    indices = []
    present = []
    for index, value in enumerate(values):
        if value is not None:
            indices.append(index)
            present.append(value)
        elif topic.compacted:
            removed.append(index)
        else:
            poison.append(Poison(index, "NullValue", f"{topic.name} keeps every record: a null value means nothing"))
    return np.asarray(indices, dtype=np.intp), present


def _by_schema(values: Sequence[bytes], indices: NDArray[np.intp], poison: list[Poison]) -> dict[int, NDArray[np.intp]]:
    """Positions in ``values`` by schema id, in the order in which ids are first seen."""
    if not values:
        return {}
    heads: dict[bytes, list[int]] = {}
    first = values[0][:HEADER_BYTES]
    heads_of = {value[:HEADER_BYTES] for value in values}
    if len(heads_of) == 1 and len(first) == HEADER_BYTES and first[0] == 0:
        return {int.from_bytes(first[1:], "big"): np.arange(len(values), dtype=np.intp)}
    for position, value in enumerate(values):
        head = bytes(value[:HEADER_BYTES])
        if len(head) < HEADER_BYTES or head[0] != 0:
            reason = "the value does not begin with a zero byte and a schema id"
            poison.append(Poison(int(indices[position]), "NoSchemaId", reason))
        else:
            heads.setdefault(head, []).append(position)
    return {int.from_bytes(head[1:], "big"): np.asarray(where, dtype=np.intp) for head, where in heads.items()}


def _in_order(
    frames: list[pl.DataFrame], rows: list[NDArray[np.intp]], plan: Plan
) -> tuple[pl.DataFrame, NDArray[np.intp]]:
    """Frames of several writers in the order of arrival."""
    if not frames:
        return plan.empty, np.empty(0, dtype=np.intp)
    if len(frames) == 1:
        return frames[0], rows[0]
    index = np.concatenate(rows)
    order = np.argsort(index)
    return pl.concat(frames)[order], index[order]


def _contract(
    known: _TopicCodec, frame: pl.DataFrame, index: NDArray[np.intp], poison: list[Poison]
) -> tuple[pl.DataFrame, NDArray[np.intp]]:
    violations = known.check.violations(frame)
    if not violations:
        return frame, index
    poison += [Poison(int(index[row]), "ContractViolation", reason) for row, reason in violations.items()]
    good = np.ones(len(index), dtype=np.bool_)
    good[list(violations)] = False
    return frame.filter(good), index[good]
