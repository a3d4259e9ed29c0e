import hashlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cli.servers import ports
from cli.servers.jars import Jar, pinned, verify
from cli.servers.locks import LockedError, only_one
from cli.servers.ports import answers, free_port, holder, is_free
from cli.servers.processes import ServerError


def test_a_taken_port_names_its_holder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not is_free(port)
        assert answers(port)
        assert f"process {os.getpid()}" in holder(port)
    assert is_free(port)


def test_a_free_port_is_free() -> None:
    port = free_port(following=5)
    assert all(is_free(one) for one in range(port, port + 6))
    assert not answers(port)
    assert port + 5 < 32_000  # the system gives no such port to a connection on its way out


def test_a_port_is_given_to_one_process_only(monkeypatch: pytest.MonkeyPatch) -> None:
    first = free_port(following=5)  # six that belong to this process already
    code = (
        f"from cli.servers import ports\nports._LOWEST, ports._HIGHEST = {first}, {first + 6}\nprint(ports.free_port())"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"no port between {first} and {first + 6} is free" in other.stderr
    monkeypatch.setattr(ports, "_LOWEST", first)
    monkeypatch.setattr(ports, "_HIGHEST", first + 6)
    with pytest.raises(OSError, match="is free"):
        free_port()


def test_a_second_holder_of_a_lock_reads_the_note_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with only_one(path) as note:
        note.write("http://here")
        note.flush()
        with pytest.raises(LockedError, match="http://here"), only_one(path):
            pass
    assert not path.exists()
    with only_one(path):
        assert path.exists()


def test_every_pinned_jar_has_a_check_sum() -> None:
    pins = pinned()
    assert "kafka_2.13-4.3.1.jar" in {jar.file_name for jar in pins}
    assert all(len(jar.sha256) == 64 for jar in pins)


def test_a_jar_that_differs_is_refused(tmp_path: Path) -> None:
    jar = Jar("g", "a", "1", hashlib.sha256(b"right").hexdigest())
    with pytest.raises(ServerError, match="g:a:1 was not fetched"):
        verify([jar], tmp_path)
    (tmp_path / "a-1.jar").write_bytes(b"wrong")
    with pytest.raises(ServerError, match="g:a:1 has sha256"):
        verify([jar], tmp_path)
    (tmp_path / "a-1.jar").write_bytes(b"right")
    verify([jar], tmp_path)
