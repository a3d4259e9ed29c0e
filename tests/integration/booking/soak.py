"""`make soak-booking KILLS=1000`: the storms of the tests for as long as it takes, on servers of their own.

Each round is a storm of fifty kills with a telling of its own, and a database; after each the ledger is checked. The
seed of a round is printed, so that a round that failed can be had again: --seed S --kills 50.
"""

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

from cli.servers.guard import Guard
from cli.servers.jars import kafka_files
from cli.servers.kafka import KafkaPlan, KafkaServer
from cli.servers.ports import free_port
from cli.servers.postgres import PostgresPlan, PostgresServer
from tests.integration.booking.stage import Stage
from tests.integration.booking.storm import VENUES, storm
from tests.unit.booking.city import venue_row

CACHE = Path(".luna")
ROUND = 50
SHOWN = 20
"""Violations printed of one round."""


def main() -> int:
    """Exit code 1 where anything was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first round; the next ones follow")
    wanted = parser.parse_args()
    began, left, asked, wrong = time.monotonic(), wanted.kills, 0, 0
    with ExitStack() as opened:
        home = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="luna-soak-", ignore_cleanup_errors=True)))
        guard = opened.enter_context(closing(Guard()))
        guard.remove(home)
        kafka = KafkaServer.start(kafka_files(CACHE), KafkaPlan(home / "kafka", home / "kafka.log", free_port()), guard)
        opened.callback(kafka.stop)
        postgres = PostgresServer.start(PostgresPlan(home / "postgres", home / "postgres.log", free_port()), guard)
        opened.callback(postgres.stop)
        kafka.wait()
        postgres.wait()
        for seed in range(wanted.seed, wanted.seed + -(-wanted.kills // ROUND)):
            kills = min(left, ROUND)
            requests, violations = _round(kafka.bootstrap_servers, postgres, home / f"round-{seed}", seed, kills)
            left, asked, wrong = left - kills, asked + requests, wrong + len(violations)
            minutes = (time.monotonic() - began) / 60
            done = f"{wanted.kills - left} of {wanted.kills} kills"
            _say(f"seed {seed}: {done}, {asked} requests, {wrong} violations, {minutes:.1f} min", *violations[:SHOWN])
    _say("nothing was lost or doubled" if not wrong else f"{wrong} violations")
    return 1 if wrong else 0


def _say(*lines: str) -> None:
    sys.stdout.write("\n  ".join(lines) + "\n")
    sys.stdout.flush()


def _round(bootstrap: str, postgres: PostgresServer, home: Path, seed: int, kills: int) -> tuple[int, list[str]]:
    """Requests made in one storm, and what was wrong."""
    home.mkdir()
    stage = Stage(bootstrap, postgres.create_database(f"soak_{seed}"), f"soak-{seed}", home, VENUES)
    with closing(stage):
        stage.publish("venues", [venue_row(venue, tables) for venue, tables in VENUES.items()])
        try:
            return storm(stage, kills, seed), stage.violations()
        except AssertionError as error:  # a process that ended by itself, or requests that are never answered
            return 0, [str(error)]


if __name__ == "__main__":
    sys.exit(main())
