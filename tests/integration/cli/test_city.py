import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from cli.servers.locks import only_one
from cli.servers.ports import is_free
from tests.unit.cli.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

ROOT = Path(__file__).parents[3]

OWNER = """
import json, os, sys, time
from pathlib import Path
from cli.servers.jars import kafka_files
from cli.up.city import Told, Wanted, city
from cli.up.settings import Ports, UpSettings
from cli.up.supervisor import ServiceSpec
data = Path(sys.argv[1])
sleeper = ServiceSpec("sleeper", [sys.executable, "-I", "-S", "-c", "import signal; signal.pause()"])
settings = UpSettings(data_dir=data, ports=Ports.free(5))
with city(Wanted(settings, services=(sleeper,)), Told(print, lambda _: None)) as running:
    print(json.dumps({"ports": settings.ports.model_dump(), "pids": running.supervisor.pids}), flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Data of a city, with the jars that this checkout has fetched already."""
    data = tmp_path / "luna"
    data.mkdir()
    for cached in (ROOT / ".luna").glob("kafka-*"):
        (data / cached.name).symlink_to(cached)
    return data


@pytest.fixture
def own_servers() -> dict[str, str]:
    """The environment without addresses: a city of its own servers."""
    dropped = ("LUNA_KAFKA__BOOTSTRAP_SERVERS", "LUNA_DATABASE__URL")
    return {name: value for name, value in os.environ.items() if name not in dropped}


@pytest.fixture
def owner(data_dir: Path, own_servers: dict[str, str], kafka_bootstrap: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that owns a city; it leaves when its input ends. Needs the jars, which the session has fetched."""
    del kafka_bootstrap
    command = [sys.executable, "-c", textwrap.dedent(OWNER), str(data_dir)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=own_servers, cwd=ROOT, **pipes) as process:
        yield process
        process.kill()


def opened(process: "subprocess.Popen[str]") -> tuple[list[int], list[psutil.Process]]:
    """Ports and processes of the city that a process owns."""
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    ports = [told["ports"]["kafka"], told["ports"]["postgres"]]
    return ports, psutil.Process(process.pid).children(recursive=True)


def all_gone(family: list[psutil.Process]) -> bool:
    return not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family)


def test_a_killed_supervisor_leaves_no_process_port_or_lock(owner: "subprocess.Popen[str]", data_dir: Path) -> None:
    ports, family = opened(owner)
    assert len(family) >= 4, "Kafka, PostgreSQL, the service and the watchdog"
    assert not any(is_free(port) for port in ports)
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    eventually(lambda: all_gone(family))
    eventually(lambda: all(is_free(port) for port in ports))
    eventually(lambda: not (data_dir / "luna.lock").exists())
    with only_one(data_dir / "luna.lock"):
        pass


def test_a_city_that_ends_takes_everything_with_it(owner: "subprocess.Popen[str]", data_dir: Path) -> None:
    ports, family = opened(owner)
    owner.communicate(timeout=60)
    assert owner.returncode == 0
    assert all_gone(family)
    assert all(is_free(port) for port in ports)
    assert not (data_dir / "luna.lock").exists()


def test_a_second_start_says_so(owner: "subprocess.Popen[str]", data_dir: Path, own_servers: dict[str, str]) -> None:
    opened(owner)
    second = subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", "up"],
        env=own_servers | {"LUNA_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert "Luna already runs here: http://127.0.0.1:" in second.stderr


def test_a_taken_port_is_refused_with_its_holder(data_dir: Path, own_servers: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        refused = subprocess.run(
            [sys.executable, "-c", "from cli.main import main; main()", "up"],
            env=own_servers | {"LUNA_DATA_DIR": str(data_dir), "LUNA_PORTS__GATEWAY": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert refused.returncode == 1
    assert f"port {port}, which the gateway needs, is held by" in refused.stderr
    assert f"(process {os.getpid()}:" in refused.stderr
