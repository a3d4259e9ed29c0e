"""Encoded cells of one column for a slice of rows: a byte matrix and how many bytes of each of its rows count."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Bytes2D: TypeAlias = NDArray[np.uint8]
Lengths: TypeAlias = NDArray[np.int64] | int
"""Bytes of each cell: one number where all are the same."""

WORD_BYTES = 8
SEVEN_BITS = 7
CONTINUED = np.array(
    [sum(0x80 << (8 * byte) for byte in range(max(length - 1, 0))) for length in range(WORD_BYTES + 1)], dtype=np.uint64
)
"""Continuation bits of a varint of each length, as a little-endian word."""


@dataclass(frozen=True, slots=True)
class Cells:
    """``matrix`` has shape (rows, width), C-contiguous; row i counts ``lengths[i]`` bytes, the rest is padding."""

    matrix: Bytes2D
    lengths: Lengths


def constant_cells(cell: bytes) -> Cells:
    """One cell that stands for every row."""
    return Cells(np.frombuffer(cell, dtype=np.uint8).reshape(1, -1), len(cell))


def varint_cells(values: NDArray[np.int64], null: NDArray[np.bool_] | None, *, nullable: bool) -> Cells:
    """Zig-zag varints, after the branch byte where the column is nullable; ``null`` rows are that byte alone."""
    zigzag = ((values << 1) ^ (values >> 63)).view(np.uint64)
    shortest, longest = _width(int(zigzag.min())), _width(int(zigzag.max()))
    prefix = int(nullable)
    matrix = np.empty((len(values), prefix + longest), dtype=np.uint8)
    lengths: Lengths
    if shortest == longest:
        lengths = longest
    else:
        counted = np.full(len(values), shortest, dtype=np.int64)
        for width in range(shortest, longest):
            counted += zigzag >= np.uint64(1 << (SEVEN_BITS * width))
        lengths = counted
    if longest <= WORD_BYTES:
        words = _spread(zigzag, longest)
        words |= CONTINUED[lengths]
        matrix[:, prefix:] = words.view(np.uint8).reshape(-1, WORD_BYTES)[:, :longest]
    else:
        rest = zigzag.copy()
        for byte in range(longest):
            more = lengths > byte + 1
            matrix[:, prefix + byte] = (rest & np.uint64(0x7F)) | (np.uint64(0x80) * np.asarray(more, dtype=np.uint64))
            rest >>= np.uint64(SEVEN_BITS)
    return branched(matrix, lengths, null) if nullable else Cells(matrix, lengths)


def _width(zigzag: int) -> int:
    return max(1, -(-zigzag.bit_length() // SEVEN_BITS))


def _spread(zigzag: NDArray[np.uint64], longest: int) -> NDArray[np.uint64]:
    """Groups of seven bits moved to a byte each."""
    words = zigzag & np.uint64(0x7F)
    for byte in range(1, longest):
        words |= (zigzag & np.uint64(0x7F << (SEVEN_BITS * byte))) << np.uint64(byte)
    return words


def fixed_cells(values: NDArray[np.generic], null: NDArray[np.bool_] | None, *, nullable: bool) -> Cells:
    """Values of a fixed width (float, double, boolean) as their little-endian bytes."""
    width = values.dtype.itemsize
    raw = np.ascontiguousarray(values).view(np.uint8).reshape(-1, width)
    if not nullable:
        return Cells(raw, width)
    matrix = np.empty((len(values), 1 + width), dtype=np.uint8)
    matrix[:, 1:] = raw
    return branched(matrix, width, null)


def branched(matrix: Bytes2D, lengths: Lengths, null: NDArray[np.bool_] | None) -> Cells:
    """Cells whose first byte is the union branch: 2 (branch 1) before a value, 0 alone for null."""
    matrix[:, 0] = 2
    if null is None or not null.any():
        return Cells(matrix, lengths + 1)
    matrix[null, 0] = 0
    return Cells(matrix, np.where(null, 1, np.asarray(lengths) + 1))


def table_of(cells: Sequence[bytes]) -> Cells:
    """Cells given one by one."""
    lengths = np.fromiter(map(len, cells), dtype=np.int64, count=len(cells))
    width = int(lengths.max(initial=1))
    joined = b"".join(cell.ljust(width, b"\0") for cell in cells)
    matrix = np.frombuffer(joined, dtype=np.uint8).reshape(-1, width)
    same = bool((lengths == width).all())
    return Cells(matrix, width if same else lengths)


def take(table: Cells, codes: NDArray[np.integer]) -> Cells:
    """Rows of a table by code; -1 is the last."""
    width = table.matrix.shape[1]
    picked = table.matrix.view(f"V{width}").ravel()[codes]
    lengths = table.lengths if isinstance(table.lengths, int) else table.lengths[codes]
    return Cells(picked.view(np.uint8).reshape(-1, width), lengths)


def text_cells(
    flat: Bytes2D,
    starts: NDArray[np.int64],
    sizes: NDArray[np.int64],
    null: NDArray[np.bool_] | None,
    *,
    nullable: bool,
) -> Cells:
    """Strings out of one flat buffer, which must be padded by the longest of them."""
    prefix = varint_cells(sizes, null, nullable=nullable)
    widest = int(sizes.max(initial=0))
    head = prefix.matrix.shape[1]
    matrix = np.empty((len(sizes), head + widest), dtype=np.uint8)
    matrix[:, :head] = prefix.matrix
    if not widest:
        return Cells(matrix, prefix.lengths)
    bodies = windows(flat, widest)[starts]
    if isinstance(prefix.lengths, int):
        matrix[:, head:] = bodies.view(np.uint8).reshape(-1, widest)
    else:
        width = head + widest
        at = np.arange(len(sizes), dtype=np.int64) * width + prefix.lengths
        padded = np.empty(matrix.size + width, dtype=np.uint8)
        _scatter_rows(padded, matrix, at, bodies)
        matrix = padded[: matrix.size].reshape(matrix.shape)
    constant = isinstance(prefix.lengths, int) and bool((sizes == widest).all())
    return Cells(matrix, head + widest if constant else np.asarray(prefix.lengths) + sizes)


def _scatter_rows(out: Bytes2D, matrix: Bytes2D, at: NDArray[np.int64], bodies: NDArray[np.void]) -> None:
    """Write each body right behind its prefix; what a body overruns is padding of its own row."""
    out[: matrix.size] = matrix.ravel()
    windows(out, bodies.dtype.itemsize)[at] = bodies


def windows(flat: Bytes2D, width: int) -> NDArray[np.void]:
    """Overlapping windows of a flat buffer, one starting at each byte: copying many bytes a row in one index."""
    return np.ndarray((flat.size - width + 1,), dtype=f"V{width}", buffer=flat, strides=(1,))
