"""What the codec needs to know of a flat record schema: its columns in order, their kinds and null branches."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import polars as pl

Kind: TypeAlias = Literal["string", "int", "long", "float", "double", "boolean"]

DTYPES: Mapping[Kind, type[pl.DataType]] = {
    "string": pl.String,
    "int": pl.Int32,
    "long": pl.Int64,
    "float": pl.Float32,
    "double": pl.Float64,
    "boolean": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a record; nullable columns are a union of null (branch 0) and the kind (branch 1)."""

    name: str
    kind: Kind
    nullable: bool
    timestamp: bool

    @property
    def dtype(self) -> type[pl.DataType]:
        """Type of the decoded column; timestamps are plain Int64 microseconds."""
        return DTYPES[self.kind]


@dataclass(frozen=True)
class Plan:
    """The columns of one schema version."""

    fields: tuple[Field, ...]

    @staticmethod
    def of(schema: Mapping[str, Any]) -> "Plan":
        """Plan of a parsed schema; `contracts` has checked that it is flat."""
        return Plan(tuple(_field(column) for column in schema["fields"]))

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the columns."""
        return frozenset(field.name for field in self.fields)

    @cached_property
    def empty(self) -> pl.DataFrame:
        """A frame of no rows."""
        return pl.DataFrame(schema={field.name: field.dtype for field in self.fields})


def _field(column: Mapping[str, Any]) -> Field:
    kind = column["type"]
    nullable = isinstance(kind, list)
    inner = kind[1] if nullable else kind
    logical = isinstance(inner, dict)
    return Field(column["name"], inner["type"] if logical else inner, nullable, logical and "logicalType" in inner)


def varint(number: int) -> bytes:
    """Avro's zig-zag variable-length encoding of one number."""
    rest = (number << 1) ^ (number >> 63)
    out = bytearray()
    while rest > 0x7F:  # noqa: PLR2004  # seven bits a byte
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)
