"""No branch is told twice."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from services.simulator.adapters.ledger import LedgerFile
from services.simulator.runtime.branches import Ledger, Opened


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b"]), st.booleans(), st.one_of(st.none(), st.integers(0, 50))), max_size=40
    )
)
def test_no_branch_of_a_run_is_ever_used_again(starts: list[tuple[str, bool, int | None]]) -> None:
    """Whatever ended, whatever the disk lost: as long as the topic remembers what the disk does not."""
    ledger, used = Ledger(), {"a": set[int](), "b": set[int]()}
    for run, lost, elsewhere in starts:
        if elsewhere is not None:
            used[run].add(elsewhere)
        if lost:
            ledger = Ledger()
        branch = ledger.unused(run, max(used[run], default=None))
        assert branch not in used[run]
        used[run].add(branch)
        ledger = ledger.opened(Opened(run, branch, "s", "b"))


def test_only_an_unclean_end_of_the_same_stack_is_gone_on_with() -> None:
    ledger = Ledger().opened(Opened("run", 3, "stack", "boot"))
    assert ledger.recoverable("stack") == Opened("run", 3, "stack", "boot")
    assert ledger.recoverable("another") is None
    assert ledger.ended().recoverable("stack") is None
    assert Ledger().recoverable("") is None


def test_live_branches_leave_zero_to_offline_generation() -> None:
    assert Ledger().unused("run") == 1


def test_the_ledger_survives_on_disk_and_a_damaged_one_counts_as_lost(tmp_path: Path) -> None:
    file = LedgerFile(tmp_path / "deep" / "ledger.json")
    ledger = Ledger().opened(Opened("run", 3, "stack", "boot"))
    file.save(ledger)
    assert file.load() == ledger
    (tmp_path / "deep" / "ledger.json").write_text('{"highest": {"run"')
    assert file.load() == Ledger()
