"""A city with a service that cannot start does not pretend: `luna up` ends with an error that names the service."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cli.servers.guard import Guard
from tests.e2e.stack import START_SECONDS, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.postgres]

BROKEN = "booking"
SHADOW = f"""
import sys

class Breaking:
    def find_spec(self, name, path=None, target=None):
        if name == "services.{BROKEN}.app":
            raise ImportError("broken on purpose")

if "services.{BROKEN}" in sys.orig_argv:
    sys.meta_path.insert(0, Breaking())
"""


def test_a_service_whose_import_fails_ends_the_demo_with_its_name(
    guard: Guard, data_dirs: Iterator[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(SHADOW, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    with closing(Stack(next(data_dirs), guard)) as stack:
        assert stack.start("--demo", "--for", "10").wait_for_end(START_SECONDS) == 1
        verdict = stack.output.strip().splitlines()[-1]
        assert verdict.startswith(f"stopped all, because of {BROKEN}:"), verdict
        assert "ImportError: broken on purpose" in stack.output
