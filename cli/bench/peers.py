"""Environments of the peers: each its own, from pinned and hashed requirements, made at the first use.

A peer that cannot be had raises `PeerError` with the reason, which is then printed: it is never reported as beaten.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CACHE = Path(".luna/bench")
_ROOT = Path(__file__).parents[2]


class PeerError(Exception):
    """A peer that could not be installed or driven, and why."""


def environment(peer: str, python: Path | None = None, cache: Path = CACHE) -> Path:
    """Directory with the programs of a peer's environment; ``requirements/bench-<peer>.txt`` says what is in it."""
    requirements = _ROOT / "requirements" / f"bench-{peer}.txt"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    home = cache.resolve() / f"{peer}-{digest}"
    stamp = home / "complete"
    if not stamp.is_file():
        shutil.rmtree(home, ignore_errors=True)
        run([str(python or sys.executable), "-m", "venv", str(home)])
        # the file names all there is to install; what pip resolves itself it refuses where an extra is wanted
        install = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--require-hashes", "-r"]
        run([str(home / "bin" / "python"), *install, str(requirements)])
        stamp.touch()
    return home / "bin"


def interpreter(version: str) -> Path:
    """A Python of a version such as ``3.13``: on the path, else one of pyenv's."""
    candidates = [shutil.which(f"python{version}")]
    if shutil.which("pyenv"):
        root = Path(run(["pyenv", "root"]).strip()) / "versions"
        candidates += sorted(str(path) for path in root.glob(f"{version}.*/bin/python"))
    for candidate in candidates:
        if candidate and subprocess.run([candidate, "-V"], capture_output=True, check=False).returncode == 0:  # noqa: S603
            return Path(candidate)
    raise PeerError(f"no Python {version} on this machine")


def run(command: Sequence[str], seconds: float = 600.0, environ: dict[str, str] | None = None) -> str:
    """What a command prints. Raises `PeerError` with its last words where it fails or takes too long."""
    try:
        done = subprocess.run(  # noqa: S603
            list(command), capture_output=True, text=True, check=False, timeout=seconds, env=environ
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PeerError(f"{Path(command[0]).name}: {error}") from error
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines()
        raise PeerError(f"{Path(command[0]).name} failed ({done.returncode}): {' / '.join(words[-2:])}")
    return done.stdout
