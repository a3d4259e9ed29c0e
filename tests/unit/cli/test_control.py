"""`luna control` and `luna snapshot` say to the gateway what people typed, and pass on what it answers."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands.up import of_simulator
from cli.main import build
from services.simulator.runtime.commands import COMMANDS, parse
from services.simulator.snapshots.files import SnapshotFiles
from services.simulator.snapshots.manifest import Manifest


@dataclass
class Door:
    """A gateway that takes every command the simulator would take, and refuses the others with its words."""

    url: str = ""
    given: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: dict[str, dict[str, Any]] = field(default_factory=dict)


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or "{}")
            name = self.path.rpartition("/")[2]
            door.given.append((name, body))
            if name in door.problems:
                self._answer(422, door.problems[name])
                return
            try:
                parse(name, json.dumps(body))
                self._answer(200, {"status": "accepted", "result": door.answers.get(name, {})})
            except ValueError as error:
                self._answer(409, {"detail": str(error)})

        def _answer(self, status: int, said: dict[str, Any]) -> None:
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    door.url = f"http://127.0.0.1:{server.server_port}"
    yield door
    server.shutdown()
    thread.join()
    server.server_close()


def run(door: Door, *words: str) -> int:
    return CliRunner().invoke(build(), [*words, "--url", door.url]).exit_code


@pytest.mark.parametrize(
    ("words", "command", "parameters"),
    [
        (["control", "pause"], "pause", {}),
        (["control", "start", "--population", "9", "--active-percentage", "50", "--seed", "3"], "start",
         {"population": 9, "active_percentage": 50.0, "seed": 3}),
        (["control", "seed", "7", "--users", "5"], "seed", {"seed": 7, "users": 5}),
        (["control", "speed", "max"], "speed", {"multiplier": "max"}),
        (["control", "rate", "none"], "rate", {"events_per_second": None}),
        (["control", "scenario", "lunch_rush", "--stop"], "scenario", {"scenario": "lunch_rush", "action": "stop"}),
        (["control", "spawn", "100000", "--befriend"], "spawn", {"count": 100000, "befriend": True}),
        (["control", "trigger", "venue.trending", "value=1.5", "note=word", "--venue", "v00001"], "trigger",
         {"event_type": "venue.trending", "venue_id": "v00001", "payload": {"value": 1.5, "note": "word"}}),
        (["control", "behavior", "book=0.3", "--scenario", "lunch_rush"], "behavior",
         {"action_probabilities": {"book": 0.3}, "scenario": "lunch_rush", "global": False}),
        (["control", "weather", "snow", "--hours", "5"], "weather", {"condition": "snow", "hours": 5.0}),
        (["control", "weather", "own"], "weather", {"hours": 3.0}),
        (["control", "imperfections", "bookings:late:0.01:30", "*:drop:0.1"], "imperfections",
         {"rules": [{"topic": "bookings", "kind": "late", "rate": 0.01, "delay_minutes": 30.0},
                    {"topic": "*", "kind": "drop", "rate": 0.1}]}),
        (["control", "imperfections"], "imperfections", {"rules": []}),
        (["snapshot", "save", "early", "--description", "the first"], "snapshot.create",
         {"name": "early", "description": "the first"}),
        (["snapshot", "restore", "early"], "snapshot.restore", {"snapshot": "early"}),
        (["snapshot", "travel", "2026-06-05T18:00:00Z", "--pause"], "travel",
         {"to": "2026-06-05T18:00:00Z", "pause": True}),
    ],
)  # fmt: skip
def test_what_people_type_is_what_the_simulator_is_told(
    door: Door, words: list[str], command: str, parameters: dict[str, object]
) -> None:
    assert run(door, *words) == 0
    assert door.given == [(command, parameters)]


def test_every_command_of_the_simulator_can_be_typed() -> None:
    groups = ("control", "snapshot", "explain")
    shown = "".join(CliRunner().invoke(build(), [one, "--help"], env={"COLUMNS": "200"}).output for one in groups)
    typed = {name: name.removeprefix("snapshot.").replace("create", "save") for name in COMMANDS}
    assert [name for name, word in typed.items() if word not in shown] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["control", "spawn", "0"], 1),
        (["control", "weather", "snow", "--hours", "999"], 1),
        (["control", "behavior", "book"], 2),
        (["control", "speed", "fast"], 2),
        (["control", "imperfections", "bookings:late:often"], 2),
    ],
)
def test_what_is_wrong_ends_with_a_code(door: Door, words: list[str], code: int) -> None:
    assert run(door, *words) == code


def test_what_is_not_valid_is_said_field_by_field(door: Door) -> None:
    hint = "no event type 'booked' (did you mean 'booking.moved'?)"
    wrong = [{"field": "body.event_types", "message": hint}, {"field": "body.branch", "message": "is negative"}]
    door.problems["replay"] = {"detail": "2 fields are not valid", "errors": wrong}
    words = ("--from", "a", "--to", "b", "--event-type", "booked", "--branch", "3", "--no-follow", "--url", door.url)
    result = CliRunner().invoke(build(), ["replay", "start", *words])
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert f"422: 2 fields are not valid: body.event_types: {hint}; body.branch: is negative" in said
    assert {"event_types": ["booked"], "branch": 3}.items() <= door.given[0][1].items()


def test_snapshots_here_are_listed_shown_and_deleted(tmp_path: Path) -> None:
    manifest = Manifest("early", "the first", "run", 1, "dining", "new_york", 7, {}, 4, 1_780_000_000_000_000, 9)
    SnapshotFiles(tmp_path / "snapshots").save(manifest, {})

    def invoke(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(build(), ["snapshot", *words, "--data-dir", str(tmp_path)], env={"COLUMNS": "200"})
        return result.exit_code, result.output

    assert "the first" in invoke("list")[1]
    assert json.loads(invoke("show", "early")[1])["tick"] == 4
    assert invoke("delete", "early")[0] == 0
    assert invoke("show", "early")[0] == 1
    assert "early" not in invoke("list")[1]


def test_a_live_city_begins_so_many_days_ago_and_goes_on_with_the_clock() -> None:
    expected = {
        "LUNA_SIMULATOR__BACKFILL_DAYS": "30.0", "LUNA_SIMULATOR__START": "now", "LUNA_SIMULATOR__SPEED": "1",
    }  # fmt: skip
    assert of_simulator(30.0, None, live=True) == expected
    assert of_simulator(None, None, live=False) == {}
    assert of_simulator(None, 4, live=False) == {"LUNA_SIMULATOR__SHARDS": "4"}


def test_a_person_is_explained_by_the_living_city(door: Door) -> None:
    told = {
        "user_id": "u0000042", "persona": "foodie_explorer", "local_time": "2026-06-05 18:00",
        "surroundings": {"weather": "rain"}, "base": {"book": 0.05}, "result": {"book": 0.08},
        "rates": {"sessions_an_hour": 0.4}, "unknown": [],
        "steps": [{"source": "rain", "target": "action.book", "change": "multiply 1.6", "factor": 1.6}],
    }  # fmt: skip
    door.answers["explain"] = told
    result = CliRunner().invoke(build(), ["explain", "u0000042", "--live", "--url", door.url], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert door.given == [("explain", {"user_id": "u0000042"})]
    assert "foodie_explorer" in result.output
    assert "multiply 1.6" in result.output
    assert "unknown" not in result.output


def test_without_a_living_city_there_is_no_now() -> None:
    result = CliRunner().invoke(build(), ["explain", "u0000042"])
    assert result.exit_code == 2
    assert "at what time?" in result.output
