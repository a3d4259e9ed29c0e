"""Records by the telling they belong to."""

from collections.abc import Iterable, Iterator

import polars as pl

from services.analytics.domain.cells import Scope


def by_scope(frame: pl.DataFrame) -> Iterator[tuple[Scope, pl.DataFrame]]:
    """Records by (run, branch), in order of first appearance; nearly always just one."""
    if frame.height and frame["run_id"].n_unique() == 1 == frame["branch"].n_unique():
        yield Scope(str(frame["run_id"][0]), int(frame["branch"][0])), frame
        return
    parts: Iterable[tuple[tuple[object, ...], pl.DataFrame]] = frame.group_by("run_id", "branch", maintain_order=True)
    for (run_id, branch), part in parts:
        yield Scope(str(run_id), int(str(branch))), part
