"""Peers of analytics on the same broker and records: Avro decode and one windowed keyed count, nothing else."""

import json
import sys
from pathlib import Path

from cli.bench.analytics_load import Stage
from cli.bench.peers import PeerError, environment, run
from streamkit.contracts import Catalogue

SCRIPTS = Path(__file__).parent
SECONDS = 900.0


def quix(made: Stage, count: int) -> tuple[str, float | None]:
    """Quix Streams in an environment of its own: its name, and records a second."""
    try:
        return _run(str(environment("quix") / "python"), "peer_quix.py", made, count)
    except PeerError as error:
        return f"Quix Streams, not measured: {error}", None


def plain_faust(made: Stage, count: int) -> tuple[str, float | None]:
    """Faust as it comes, with fastavro: its name, and records a second."""
    try:
        return _run(sys.executable, "peer_faust.py", made, count)
    except PeerError as error:
        return f"plain Faust, not measured: {error}", None


def _run(python: str, script: str, made: Stage, count: int) -> tuple[str, float]:
    schema = made.home / "user_actions.avsc"
    schema.write_text(json.dumps(dict(Catalogue.load().topic("user_actions").schema)), encoding="utf-8")
    home = made.home / script.removesuffix(".py")
    home.mkdir(exist_ok=True)
    told = run([python, str(SCRIPTS / script), made.kafka.address, str(schema), str(home), str(count)], SECONDS)
    found = json.loads(told.strip().splitlines()[-1])
    return str(found["name"]), float(found["rate"])
