"""`luna realism`: how like people a told city is, beside a city of Poisson people that must fail."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli import figures
from cli.ending import refuse

if TYPE_CHECKING:
    from cli.realism.scorecard import Scorecard, Verdict

PAGE = Path(".luna/realism.html")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("realism")(realism)


def realism(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Output of generate --format parquet")] = Path(),
    json: Annotated[Path | None, typer.Option("--json", help="Where the figures go")] = None,
    html: Annotated[Path, typer.Option("--html", help="Where the report with plots goes")] = PAGE,
    facts: Annotated[str, typer.Option(help="Only these, by id: T1,S3")] = "",
    null: Annotated[bool, typer.Option(help="Score the Poisson null beside the city")] = True,  # noqa: FBT002
    noise: Annotated[bool, typer.Option(help="Estimate noise from two halves of the people")] = True,  # noqa: FBT002
    lenient: Annotated[bool, typer.Option(help="Judge values that rest on too little data, too")] = False,  # noqa: FBT002
    check: Annotated[bool, typer.Option(help="Exit code 1 where the bars are missed")] = False,  # noqa: FBT002
) -> None:
    """Measure the stylised facts of REALISM on a told city: table, scores, report."""
    try:
        # Half a second and 150 MB of statistics that no other command needs.
        from cli.realism import scorecard  # noqa: PLC0415
        from cli.realism.facts import load  # noqa: PLC0415
        from cli.realism.files import HOME, DirectoryError, told_city  # noqa: PLC0415
        from cli.realism.null import null_city  # noqa: PLC0415
        from cli.realism.page import page  # noqa: PLC0415
        from cli.realism.reading import read  # noqa: PLC0415
    except ModuleNotFoundError as error:
        refuse("realism", f"{error.name} is not installed: `make setup` installs requirements/dev.txt")
    known = load()
    wanted = {one.strip() for one in facts.split(",") if one.strip()}
    if strange := wanted - {fact.id for fact in known}:
        refuse("realism", f"no fact {', '.join(sorted(strange))}; there are {', '.join(fact.id for fact in known)}")
    chosen = [fact for fact in known if not wanted or fact.id in wanted]
    try:
        place = told_city(directory)
        city = read(directory)
    except DirectoryError as error:
        refuse("realism", error)
    if place != HOME:
        said = f"{directory} tells of {place}; the facts were measured in New York and the United States"
        Console(stderr=True).print(said, style="yellow", markup=False, soft_wrap=True)
    other = null_city(city) if null else None
    halves = scorecard.halved(city) if noise else ()
    with Console(stderr=True).status("measuring"):
        card = scorecard.score(city, chosen, halves, lenient=lenient)
        null_card = None if other is None else scorecard.score(other, chosen, lenient=lenient)
    _print(figures.wide_console(), card, null_card)
    html.parent.mkdir(parents=True, exist_ok=True)
    html.write_text(page(city, other, card, null_card, directory.name), encoding="utf-8")
    Console(stderr=True).print(f"report with plots: {html}", markup=False, soft_wrap=True)
    figures.write(json, {"city": card.printable(), "null": None if null_card is None else null_card.printable()})
    if check and not (card.good and (null_card is None or null_card.share_passed < scorecard.NULL_BAR)):
        raise typer.Exit(1)


def _print(console: Console, card: "Scorecard", null: "Scorecard | None") -> None:
    table = Table("", "fact", "value ± noise", "accepted", "null", "source", "")
    group = ""
    for place, verdict in enumerate(card.verdicts):
        if verdict.fact.group != group:
            group = verdict.fact.group
            table.add_section()
        beside = "" if null is None else _values(null.verdicts[place])
        fact, mark = verdict.fact, "[green]pass" if verdict.passed else "[red]fail"
        accepted = "\n".join(f"{part} {ends}" for part, ends in fact.accept.items())
        value = _values(verdict) + (f"\n[dim]{verdict.reason}" if verdict.reason else "")
        table.add_row(
            fact.id, f"{fact.statement} [dim]{fact.tag}", value, accepted, beside, f"[dim]{fact.source}", mark
        )
    console.print(table)
    scores = Table("", "C and V facts passed", "weakest group", *card.groups)
    for name, one in (("city", card), ("Poisson null", null)):
        if one is not None:
            passed = [
                f"{score:.0%}  ({one.shares.get(part, (0, 0))[0]}/{one.shares.get(part, (0, 0))[1]})"
                for part, score in one.groups.items()
            ]
            scores.add_row(name, f"{one.share_passed:.0%}", f"{one.weakest:.0%}", *passed)
    console.print(scores)


def _values(verdict: "Verdict") -> str:
    if verdict.measurement is None:
        return "not measured"
    found, noise = verdict.measurement.values, verdict.noise
    parts = [part for part in verdict.fact.accept if part in found]
    return "\n".join(f"{found[part]:.3g}" + (f" ± {noise[part]:.2g}" if part in noise else "") for part in parts)
