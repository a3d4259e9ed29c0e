"""A single-node Apache Kafka (KRaft) of our own: one process, one data directory, one port."""

import time
from dataclasses import dataclass
from pathlib import Path

from cli.servers.guard import Guard
from cli.servers.jars import KafkaFiles
from cli.servers.ports import LOCALHOST, answers, free_port
from cli.servers.processes import ChildProcess, ServerError

CLUSTER_ID = "bHVuYS1sb2NhbC1rYWZrYQ"  # 16 bytes in base64, as Kafka wants it
START_SECONDS = 180.0
"""Listening takes 2 s on an idle machine; a busy one with two cores has been seen to take more than 60. A broker that
ends is noticed at once: so long waits only who has one that hangs."""

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={log_dir}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.message.timestamp.after.max.ms=9223372036854775807
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
"""

_LOG4J = """\
Configuration:
  status: error
  Appenders:
    Console:
      name: out
      PatternLayout: {pattern: "%d %p %m (%c{1})%n%throwable{short}"}
  Loggers:
    Root:
      level: warn
      AppenderRef: {ref: out}
"""


@dataclass(frozen=True, slots=True)
class KafkaPlan:
    """Where a broker lives and listens. ``heap_mib`` bounds the Java heap."""

    data: Path
    log: Path
    port: int
    heap_mib: int = 384


class KafkaServer:
    """A broker process. `start` returns at once; `wait` when clients can connect."""

    def __init__(self, plan: KafkaPlan, process: ChildProcess) -> None:
        self._plan = plan
        self.process = process

    @property
    def bootstrap_servers(self) -> str:
        """Address for clients."""
        return f"{LOCALHOST}:{self._plan.port}"

    @classmethod
    def start(cls, files: KafkaFiles, plan: KafkaPlan, guard: Guard) -> "KafkaServer":
        """Start a broker on ``plan.data``, formatting it if it is new."""
        plan.data.mkdir(parents=True, exist_ok=True)
        properties = plan.data / "server.properties"
        properties.write_text(
            _PROPERTIES.format(port=plan.port, controller_port=free_port(), log_dir=plan.data.resolve() / "log"),
            encoding="utf-8",
        )
        log4j = plan.data / "log4j2.yaml"
        log4j.write_text(_LOG4J, encoding="utf-8")
        java = [str(files.java), "-XX:+UseSerialGC", f"-Dlog4j2.configurationFile={log4j}"]
        if not (plan.data / "log" / "meta.properties").is_file():
            _format(java, files, properties, plan.log, guard)
        heap = [f"-Xmx{plan.heap_mib}m", "-Xms128m"]
        command = [*java, *heap, "-cp", files.class_path, "kafka.Kafka", str(properties)]
        return cls(plan, ChildProcess(command, log=plan.log, guard=guard))

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Return when the broker accepts connections; `ServerError` with its last words if it does not."""
        deadline = time.monotonic() + seconds
        while not answers(self._plan.port):
            code = self.process.exit_code()
            if code is not None:
                raise ServerError(f"Kafka ended with code {code}: {' / '.join(self.process.last_lines(3))}")
            if time.monotonic() > deadline:
                raise ServerError(f"Kafka does not listen on port {self._plan.port} after {seconds:.0f} s")
            time.sleep(0.05)

    def stop(self) -> None:
        """Close the log segments and end."""
        self.process.stop(seconds=15)


def _format(java: list[str], files: KafkaFiles, properties: Path, log: Path, guard: Guard) -> None:
    tool = ["-XX:TieredStopAtLevel=1", "-cp", files.class_path, "kafka.tools.StorageTool", "format"]
    command = [*java, *tool, "-t", CLUSTER_ID, "-c", str(properties)]
    process = ChildProcess(command, log=log, guard=guard)
    if process.collect(START_SECONDS):
        raise ServerError(f"Kafka could not format its data: {' / '.join(process.last_lines(3))}")
