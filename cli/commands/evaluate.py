"""`luna evaluate recommender`: how good its lists are, beside popularity, the nearest places and chance."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cli import figures
from cli.commands.evaluate_anomalies import anomalies
from cli.commands.generate import DEFAULT_START, moment
from cli.ending import refuse
from services.simulator.domain.city import MOST_VENUES, CityConfig

if TYPE_CHECKING:
    from cli.evaluate.evaluation import Asked, Evaluation
    from cli.evaluate.history import History

TICKS_A_DAY = 1440


def register(app: typer.Typer) -> None:
    """Add the command."""
    group = typer.Typer(help="How good what a service proposes or finds is.", no_args_is_help=True)
    group.command("recommender")(recommender)
    group.command("anomalies")(anomalies)
    group.callback()(_group)
    app.add_typer(group, name="evaluate")


def _group() -> None:
    """Measure the quality of what a service proposes or finds."""


def recommender(
    users: Annotated[int, typer.Option(min=2, help="People of the city made for it")] = 1_000,
    venues: Annotated[int, typer.Option(min=1, max=MOST_VENUES, help="Venues of the city made for it")] = 600,
    days: Annotated[float, typer.Option(min=2, help="Simulated days")] = 14.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the city, of samples and of intervals")] = 42,
    city: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Output of generate --format parquet, instead")
    ] = None,
    split: Annotated[float, typer.Option(min=0.05, max=0.95, help="Share of the time to learn from")] = 0.7,
    k: Annotated[int, typer.Option(min=1, max=50, help="Length of the lists")] = 10,
    each: Annotated[int, typer.Option(min=1, help="Sessions asked about of a person, at most")] = 5,
    unadvised: Annotated[bool, typer.Option("--unadvised", help="A city in which nobody sees recommendations")] = False,  # noqa: FBT002
    bar: Annotated[bool, typer.Option("--bar/--no-bar", help="Exit code 1 where the bar is missed")] = True,  # noqa: FBT002
    json: Annotated[Path | None, typer.Option("--json", help="Where the figures go")] = None,
) -> None:
    """Ask the recommender about a time it has not seen, and compare with where people went."""
    from cli.evaluate.evaluation import Plan, evaluate  # noqa: PLC0415 - the services' code, which few commands need
    from cli.evaluate.history import HistoryError, read  # noqa: PLC0415
    from cli.realism.files import DirectoryError  # noqa: PLC0415

    if city is not None and unadvised:
        refuse("evaluate recommender", "--unadvised is a city of its own making: give --city or --unadvised")
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        try:
            config = CityConfig(users=users, venues=venues, start=moment(DEFAULT_START))
            history = read(city) if city is not None else _made(config, seed, days, progress, advised=not unadvised)
            task = progress.add_task("asking", total=None)
            found = evaluate(
                history, Plan(split, k, each, seed), None,
                lambda done, total: progress.update(task, advance=done, total=total),
            )  # fmt: skip
        except (HistoryError, DirectoryError) as error:
            refuse("evaluate recommender", error)
    _print(found)
    measured = found.measurements()
    figures.write(
        json,
        [one.printable() | ({} if ends is None else {"low": ends.low, "high": ends.high}) for one, ends in measured],
    )
    missed = [one for one, _ in measured if not one.ok]
    for one in missed:
        console.print(f"bar missed: {one.name}: {one.value:.3f}, wanted {one.bar:.3f}", markup=False, soft_wrap=True)
    if missed and bar:
        raise typer.Exit(1)


def _made(config: CityConfig, seed: int, days: float, progress: Progress, *, advised: bool) -> "History":
    from cli.evaluate.history import generate  # noqa: PLC0415

    ticks = round(days * TICKS_A_DAY)
    task = progress.add_task("living", total=ticks)
    return generate(config, seed, ticks, lambda: progress.advance(task), recommended=advised)


def _print(found: "Evaluation") -> None:
    console = figures.wide_console()
    for way in found.ways:
        console.print(_table(way, found.plan.k))
    if not any(one.people for one in found.acceptance):
        return
    most = max(len(one.shares) for one in found.acceptance)
    table = Table(
        "lists of venues taken",
        "people",
        *(f"week {week}" for week in range(1, most + 1)),
        "slope a week",
        "within a person",
    )
    for one in found.acceptance:
        cells = [f"{share:.1%} of {lists:,}" for share, lists in zip(one.shares, one.lists, strict=True)]
        ends = [f"{each.value:+.2%} [{each.low:+.2%}, {each.high:+.2%}]" for each in (one.slope, one.own)]
        table.add_row(one.whose, f"{one.people:,}", *cells, *[""] * (most - len(cells)), *ends)
    console.print(table)


def _table(way: "Asked", k: int) -> Table:
    from cli.evaluate.questions import ALL, FREE, NEW  # noqa: PLC0415

    told = "as people open the app" if way.way == "sessions" else "once, at the split"
    title = f"asked {told}: {way.questions[ALL]:,} questions of {way.people[ALL]:,} people"
    free = f"recall@{k}, no recommendation led to it"
    table = Table(
        "ranking", f"recall@{k} [95 %]", "x popularity [95 %]", f"NDCG@{k}", free, f"recall@{k}, new places",
        "coverage", "novelty, bits", title=title, title_justify="left",
    )  # fmt: skip
    for score in way.scores:
        times = score.times[ALL]
        table.add_row(
            score.ranking, str(score.recall[ALL]), f"{times.value:.2f} [{times.low:.2f}, {times.high:.2f}]",
            f"{score.ndcg[ALL].value:.3f}", f"{score.recall[FREE].value:.3f} ({score.times[FREE].value:.2f}x)",
            f"{score.recall[NEW].value:.3f} ({score.times[NEW].value:.2f}x)", f"{score.coverage:.0%}",
            f"{score.novelty:.2f}",
        )  # fmt: skip
    return table
