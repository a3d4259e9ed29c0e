import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from cli.servers.guard import Guard
from cli.up.restart import RestartPolicy
from cli.up.supervisor import CrashLoopError, ServiceSpec, Supervisor, last_words
from tests.unit.cli.waiting import eventually

SLEEPER = [sys.executable, "-I", "-S", "-c", "import signal; signal.pause()"]
QUICK = RestartPolicy(first_delay_s=0.01, longest_delay_s=0.05, crash_limit=3, window_s=60.0)


def supervise(specs: list[ServiceSpec], logs: Path, guard: Guard, say: Callable[[str], None]) -> Supervisor:
    return Supervisor(specs, logs=logs, guard=guard, clock=time.monotonic, say=say, policy=QUICK)


def gone(pid: int) -> bool:
    """No process, or one that has ended and waits to be collected."""
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_killed_service_is_started_anew(tmp_path: Path, guard: Guard) -> None:
    said: list[str] = []
    supervisor = supervise([ServiceSpec("sleeper", SLEEPER)], tmp_path, guard, said.append)
    supervisor.step()
    first = supervisor.pids["sleeper"]
    os.kill(first, signal.SIGKILL)

    def is_back() -> bool:
        supervisor.step()
        return supervisor.pids.get("sleeper", first) != first

    eventually(is_back)
    supervisor.stop()
    assert supervisor.restarts == {"sleeper": 1}
    assert "sleeper ended with signal 9" in said[0]


def test_a_crash_loop_ends_with_the_last_words_of_the_service(tmp_path: Path, guard: Guard) -> None:
    crash = ServiceSpec("broken", [sys.executable, "-I", "-S", "-c", "raise SystemExit('no such table')"])
    supervisor = supervise([crash], tmp_path, guard, lambda _: None)

    def never() -> bool:
        supervisor.step()
        return False

    with pytest.raises(CrashLoopError) as caught:
        eventually(never)
    assert caught.value.service == "broken"
    assert caught.value.last_lines[-1] == "no such table"
    assert supervisor.restarts == {"broken": 3}


def test_services_stop_rank_by_rank(tmp_path: Path, guard: Guard) -> None:
    note = tmp_path / "order"
    program = f"""
    import signal, sys
    def end(*_):
        open({str(note)!r}, "a").write(sys.argv[1] + " ")
        sys.exit(0)
    signal.signal(signal.SIGTERM, end)
    open({str(tmp_path)!r} + "/" + sys.argv[1], "w").close()
    while True: signal.pause()
    """
    command = [sys.executable, "-I", "-S", "-c", textwrap.dedent(program)]
    specs = [ServiceSpec("sink", [*command, "sink"], rank=1), ServiceSpec("source", [*command, "source"], rank=0)]
    supervisor = supervise(specs, tmp_path, guard, lambda _: None)
    supervisor.step()
    eventually(lambda: (tmp_path / "sink").exists() and (tmp_path / "source").exists())
    supervisor.stop()
    assert note.read_text() == "source sink "


def test_a_killed_owner_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    owner = f"""
    import os, sys, time
    from pathlib import Path
    from cli.servers.guard import Guard
    from cli.servers.processes import ChildProcess
    guard = Guard()
    note = Path({str(tmp_path)!r}) / "note"
    note.touch()
    guard.remove(note)
    child = ["{sys.executable}", "-I", "-S", "-c", "import os,signal; os.fork(); signal.pause()"]
    print(ChildProcess(child, log=Path({str(tmp_path)!r}) / "log", guard=guard).pid, flush=True)
    time.sleep(60)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(owner)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    eventually(lambda: len(psutil.Process(child).children()) == 1)
    family = [child, psutil.Process(child).children()[0].pid]
    process.kill()
    process.wait()
    process.stdout.close()
    eventually(lambda: all(gone(pid) for pid in family))
    eventually(lambda: not (tmp_path / "note").exists())


@pytest.mark.parametrize("stop_signal", [signal.SIGTERM, signal.SIGINT])
def test_a_closed_guard_ends_what_was_not_forgotten(stop_signal: signal.Signals) -> None:
    watching = Guard()
    with subprocess.Popen(SLEEPER, start_new_session=True) as process:
        watching.watch(process.pid, stop_signal)
        watching.close()
        assert process.wait(10) in {-stop_signal, 1}


def test_an_end_is_told_with_the_reason_that_the_service_gave() -> None:
    fatal = '{"event":"service failed","reason":"Kafka denies reading","level":"critical"}'
    assert last_words(["starting", fatal, '{"event":"closed","level":"info"}']) == "Kafka denies reading"
    assert last_words(["ModuleNotFoundError: No module named 'psycopg'"]).startswith("ModuleNotFoundError")
    assert last_words([]) == ""
