"""`luna explain`: why a person's action probabilities are what they are: base, modifiers by source, result."""

import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from cli.commands.control import LOCAL, Token, Url
from cli.ending import fail, refuse
from cli.figures import write
from cli.gateway import Gateway, GatewayError
from cli.schedule import GRAMMAR, ScheduleError, parse
from cli.told_run import RunError, told_run
from services.simulator.data_files import DataError, data_of, with_own
from services.simulator.domain.calendar import MINUTE, SECOND
from services.simulator.domain.city import CityConfig, Identity
from services.simulator.domain.explain import Explanation, explain
from services.simulator.domain.explain_person import Known, Step, Under
from services.simulator.domain.specification import CityData
from services.simulator.domain.town import make_town

DEFAULT = CityConfig()


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain_person)


def explain_person(
    user: Annotated[str, typer.Argument(help="User id, for example u0000042")],
    time: Annotated[
        str | None, typer.Argument(help="Simulated time, ISO 8601; local to the city without a time zone")
    ] = None,
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Output of generate: seed, configuration, state")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the city, where no directory says it")] = 42,
    profile: Annotated[str, typer.Option(help="How dense life is")] = DEFAULT.profile,
    scenario: Annotated[list[str] | None, typer.Option(help=f"Under way: {GRAMMAR}, from the day's midnight")] = None,
    city: Annotated[str, typer.Option(help="City, where no directory says it")] = DEFAULT.city,
    data: Annotated[
        Path | None, typer.Option(envvar="LUNA_SIMULATOR__DATA", help="Directory of files in place of the city's own")
    ] = None,
    *,
    live: Annotated[bool, typer.Option("--live", help="Ask the living city, which knows them; now without a time")] = (
        False
    ),
    url: Url = LOCAL,
    token: Token = None,
    json: Annotated[Path | None, typer.Option("--json", help="File for the figures printed")] = None,
) -> None:
    """Explain a person at a moment: from seed and configuration alone, with what a told run knows, or live."""
    number = _user(user)
    if live:
        found, unknown = _asked(url, token, user, time), "unknown of another time than now"
    elif time is None:
        refuse("explain", "at what time? Only a living city (--live) has a now")
    else:
        config = CityConfig(profile=profile, city=city)
        found = _computed(number, time, directory, _Given(config, seed, tuple(scenario or ()), data))
        unknown = "unknown without a told run (--dir)"
    _print(found, unknown)
    write(json, asdict(found))


@dataclass(frozen=True, slots=True)
class _Given:
    """What was said of a city that no directory tells of."""

    config: CityConfig
    seed: int
    scenarios: tuple[str, ...]
    own: Path | None


def _computed(number: int, time: str, directory: Path | None, given: _Given) -> Explanation:
    """From seed and configuration, and from what a told run knows."""
    config, seed, known = given.config, given.seed, Known()
    try:
        run = None if directory is None else told_run(directory)
        if run is not None:
            config, seed = run.config, run.seed
        told = config.data_digest
        config = with_own(config, given.own)
        if run is not None and config.data_digest != told:
            refuse("explain", f"{directory} was told with other files than those of --data")
        data = data_of(config)
        time_us = _moment(time, data.place.time_zone)
        if run is not None:
            known = run.known(f"u{number:07d}", time_us, data.world)
        elif given.scenarios:
            known = Known(scenarios=_scenarios(given.scenarios, data, time_us))
    except (RunError, DataError) as error:
        refuse("explain", error)
    if config.profile not in data.world.profiles:
        refuse("explain", f"no profile {config.profile!r}; there are: {', '.join(data.world.profiles)}")
    town = make_town(config, seed, Identity("explained", 0, config.world, config.city), data)
    return explain(town, number, time_us, known)


def _asked(url: str, token: str | None, user: str, time: str | None) -> Explanation:
    """What the living city says."""
    said = {"user_id": user} if time is None else {"user_id": user, "time": time}
    try:
        with closing(Gateway(url, token)) as gateway:
            told = dict(gateway.post("/simulation/command/explain", said)["result"])
    except GatewayError as error:
        fail(error)
    return Explanation(**told | {"steps": [Step(**step) for step in told["steps"]]})


def _print(found: Explanation, unknown: str) -> None:
    console = Console()
    around = ", ".join(f"{name} {value}" for name, value in found.surroundings.items())
    console.print(f"{found.user_id}, {found.persona}, {found.local_time}: {around}", markup=False, soft_wrap=True)
    steps = Table("source", "target", "modifier", "factor")
    for step in found.steps:
        steps.add_row(step.source, step.target, step.change, f"{step.factor:.3g}")
    console.print(steps)
    table = Table("action", "base", "result")
    for action, base in found.base.items():
        table.add_row(action, f"{base:.1%}", f"{found.result[action]:.1%}")
    console.print(table)
    for name, value in found.rates.items():
        console.print(f"{name.replace('_', ' ')}: {value:.3f}", markup=False)
    if found.unknown:
        console.print(f"{unknown}: {', '.join(found.unknown)}", markup=False, soft_wrap=True)


def _scenarios(texts: Sequence[str], data: CityData, time_us: int) -> list[Under]:
    """Scenarios as text, counted from midnight of the day in question."""
    zone = ZoneInfo(data.place.time_zone)
    day = datetime.fromtimestamp(time_us // SECOND, zone).replace(hour=0, minute=0, second=0)
    midnight = CityConfig(start=int(day.timestamp()) * SECOND)
    found = []
    for text in texts:
        try:
            one = parse(text, midnight, data.place.time_zone, data.scenarios)
        except ScheduleError as error:
            refuse("explain", error)
        given = data.scenarios[one.name]
        length = given.ramp_minutes + given.hold_minutes if one.stop is None else one.stop - one.start
        started = midnight.start + one.start * MINUTE
        found.append(Under(one.name, started, started + int(length * MINUTE)))
    return found


def _user(text: str) -> int:
    if re.fullmatch(r"u\d{7}", text) is None:
        refuse("explain", f"{text!r} is no user id, for example u0000042")
    return int(text[1:])


def _moment(text: str, time_zone: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        refuse("explain", f"{text!r} is not ISO 8601, for example 2026-06-05T18:00")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(time_zone))
    return int(moment.timestamp()) * SECOND
