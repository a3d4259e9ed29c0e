"""What was told before a crash is known after it, wherever the file ends."""

import resource
import signal
from pathlib import Path

import pytest

from services.simulator.adapters.journal import MAGIC, Journal, read
from services.simulator.runtime.admission import Raw
from streamkit.errors import Retryable


def filled(path: Path) -> list[tuple[int, tuple[Raw, ...], int]]:
    journal = Journal(path)
    journal.append(0, [Raw("bookings", 1, 7, b"\x00value"), Raw("preferences", 0, 3, b"")])
    journal.append(1, [])
    journal.append(2, [Raw("recommendations", 3, 2**40, b"x" * 100)])
    journal.close()
    return [(entry.tick, entry.records, entry.end) for entry in read(path)]


def test_what_is_appended_is_read_back_in_order(tmp_path: Path) -> None:
    entries = filled(tmp_path / "deep" / "journal.bin")
    assert [tick for tick, _, _ in entries] == [0, 1, 2]
    assert entries[0][1][0] == Raw("bookings", 1, 7, b"\x00value")
    assert entries[2][1] == (Raw("recommendations", 3, 2**40, b"x" * 100),)


def test_a_journal_torn_at_any_byte_keeps_every_whole_entry_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "journal.bin"
    entries = filled(path)
    whole = path.read_bytes()
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        kept = [entry for entry in entries if entry[2] <= length]
        journal = Journal(path)
        journal.append(9, [Raw("bookings", 0, 1, b"new")])
        journal.close()
        found = [(entry.tick, entry.records) for entry in read(path)]
        assert found == [*((tick, records) for tick, records, _ in kept), (9, (Raw("bookings", 0, 1, b"new"),))]


def test_a_flipped_byte_ends_the_journal_before_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.bin"
    entries = filled(path)
    whole = path.read_bytes()
    for place in range(len(MAGIC), len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        found = [entry.tick for entry in read(path)]
        assert found == [tick for tick, _, end in entries if end <= place]


def test_reading_may_start_at_the_end_of_any_entry(tmp_path: Path) -> None:
    path = tmp_path / "journal.bin"
    entries = filled(path)
    assert [entry.tick for entry in read(path, entries[0][2])] == [1, 2]
    assert list(read(tmp_path / "none.bin")) == []


def test_a_disk_that_refuses_leaves_the_journal_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "journal.bin"
    entries = filled(path)
    journal = Journal(path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 50, hard))
    try:
        with pytest.raises(Retryable, match="journal"):
            journal.append(3, [Raw("bookings", 0, 1, b"y" * 500)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    journal.append(4, [Raw("bookings", 0, 1, b"z" * 500)])
    journal.close()
    assert [entry.tick for entry in read(path)] == [*(tick for tick, _, _ in entries), 4]
