"""A service that has said its last word is gone soon after, whatever its libraries left behind."""

import subprocess
import sys
import textwrap

import pytest

LIMIT_S = 60.0
BEGIN = """
    import asyncio, threading
    from streamkit import lifecycle
    from streamkit.errors import Fatal
    from streamkit.settings import ServiceSettings

    lifecycle.LEAVE_LIMIT_S = 0.5

    async def stay():
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                pass
"""
LEAVE = """
    raise SystemExit(lifecycle.run_service("test", ServiceSettings, lambda _: [Part()]))
"""


@pytest.mark.parametrize(
    "left_behind",
    [
        "self.task = asyncio.create_task(stay())",
        "asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)",
        "threading.Thread(target=threading.Event().wait).start()",
    ],
    ids=["task", "thread of the loop", "thread of its own"],
)
@pytest.mark.parametrize(("end", "code"), [("raise Fatal('disk full')", 1), ("return", 0)])
def test_what_does_not_end_by_itself_is_ended(left_behind: str, end: str, code: int) -> None:
    part = f"""
    class Part:
        async def run(self, stop):
            {left_behind}
            await asyncio.sleep(0)
            {end}
    """
    program = "".join(textwrap.dedent(some) for some in (BEGIN, part, LEAVE))
    ended = subprocess.run(
        [sys.executable, "-c", program], timeout=LIMIT_S, capture_output=True, text=True, check=False
    )
    assert ended.returncode == code, ended.stderr
    assert "ended by force" in ended.stderr
    assert ("disk full" in ended.stderr) == (code == 1)
