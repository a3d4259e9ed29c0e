"""`luna bench`: the project's measurements, printed and written to .luna/bench.json."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from cli import figures
from cli.bench.measure import Measurement
from cli.bench.suites import QUICK, SUITES

RESULTS = Path(".luna/bench.json")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("bench")(bench)


def bench(
    suites: Annotated[list[str] | None, typer.Argument(help="Which; all without any")] = None,
    json: Annotated[Path, typer.Option("--json", help="Where the figures go")] = RESULTS,
    *,
    quick: Annotated[bool, typer.Option("--quick", help="In little, where a suite can: no figure to tell")] = False,
) -> None:
    """Measure; exit code 1 where a bar is missed."""
    unknown = set(suites or []) - set(SUITES)
    if unknown:
        raise typer.BadParameter(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(SUITES)}")
    known = {**SUITES, **QUICK} if quick else SUITES
    measured = [one for name in suites or SUITES for one in known[name]()]
    figures.wide_console().print(_table(measured))
    figures.write(json, [one.printable() for one in measured])
    if not all(one.ok for one in measured):
        raise typer.Exit(1)


def _table(measured: list[Measurement]) -> Table:
    numbers = (Column(name, no_wrap=True, justify="right") for name in ("peer's value", "ratio", "bar", ""))
    value = Column("value", no_wrap=True, justify="right")
    table = Table(Column("measurement", overflow="fold"), value, "unit", "peer", *numbers)
    for one in measured:
        peer_value = "not had" if one.peer and one.peer_value is None else _number(one.peer_value)
        ratio = "" if one.ratio is None else f"{one.ratio:.1f}x"
        verdict = "" if one.bar is None else "ok" if one.ok else "missed"
        table.add_row(
            one.name, _number(one.value), one.unit, one.peer or "", peer_value, ratio, _number(one.bar), verdict
        )
    return table


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three figures are enough
