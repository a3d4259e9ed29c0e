"""`make soak-analytics`: a storm of twenty kill -9 and three rebalances on a Kafka of its own, then a recount of all.

A storm is decided by its seed; one that failed can be had again: --seed S.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from cli.servers.guard import Guard
from cli.servers.jars import kafka_files
from cli.servers.kafka import KafkaPlan, KafkaServer
from cli.servers.ports import free_port
from tests.integration.analytics.recount import violations
from tests.integration.analytics.stage import Stage
from tests.integration.analytics.storm import Storm

CACHE = Path(".luna")


def main() -> int:
    """Exit code 1 where anything was lost, doubled or different."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rebalances", type=int, default=3)
    parser.add_argument("--records", type=int, default=20_000, help="written before each of them")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="luna-soak-", ignore_cleanup_errors=True) as name,
        closing(Guard()) as guard,
    ):
        home = Path(name)
        guard.remove(home)
        kafka = KafkaServer.start(kafka_files(CACHE), KafkaPlan(home / "kafka", home / "kafka.log", free_port()), guard)
        try:
            kafka.wait()
            return asyncio.run(_storm(kafka.bootstrap_servers, home, wanted))
        finally:
            kafka.stop()


async def _storm(bootstrap: str, home: Path, wanted: argparse.Namespace) -> int:
    began = time.monotonic()
    stage = Stage(bootstrap, home, f"soak-{wanted.seed}")
    await stage.fresh_topics()
    await stage.open()
    storm = Storm(stage, wanted.seed, wanted.records)
    try:
        await storm.run(wanted.kills, wanted.rebalances)
        wrong = violations(stage)
    except AssertionError as error:  # a worker that ended by itself, or figures that never came
        wrong = [str(error)]
    await stage.producer.close()
    told = f"{storm.first + storm.booked} records, {wanted.kills} kills, {wanted.rebalances} rebalances"
    seconds = time.monotonic() - began
    sys.stdout.write(f"seed {wanted.seed}: {told}, {len(wrong)} violations, {seconds:.0f} s\n")
    sys.stdout.write("".join(f"  {line}\n" for line in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
