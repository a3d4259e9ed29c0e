"""The container stack says what the code says: modules, settings, ports, probes, metrics, pins."""

import asyncio
import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import yaml
from pydantic import BaseModel
from starlette.routing import Route
from typer.testing import CliRunner

from cli.main import build
from cli.settings_page import SERVICES as SETTINGS
from cli.up.services import RANKS
from cli.up.settings import UpSettings
from services.gateway.api import health as gateway_health
from services.gateway.settings import DASHBOARD, GatewaySettings
from streamkit import metrics
from streamkit.health import HealthServer, Readiness
from streamkit.settings import ServiceSettings, load
from streamkit.settings_docs import settings_of

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
GRAFANA = ROOT / "deploy" / "grafana"
NAMES = tuple(RANKS)
METRIC = re.compile(r"\bluna_[a-z0-9_]+")
FIRST_PORT = re.compile(r"http://127\.0\.0\.1:(\d+)(/[a-z]+)")


def read_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def stack() -> dict[str, Any]:
    services: dict[str, Any] = read_yaml(ROOT / "docker-compose.yml")["services"]
    return services


def dockerfile() -> list[tuple[str, str]]:
    """Instructions of the Dockerfile, continuation lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(" ", 1)[0], " ".join(line.split()[1:])) for line in lines]


def arguments(instruction: str) -> list[str]:
    return [argument for name, argument in dockerfile() if name == instruction]


def image_environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for argument in arguments("ENV") for pair in argument.split())


def default_port(name: str, *path: str) -> int:
    value: object = SETTINGS[name]
    fields: Mapping[str, Any] = SETTINGS[name].model_fields
    for part in path:
        value = fields[part].get_default(call_default_factory=True, validated_data={})
        fields = type(value).model_fields if isinstance(value, BaseModel) else {}
    assert isinstance(value, int)
    return value


def probe(name: str) -> tuple[int, str]:
    found = FIRST_PORT.search(stack()[name]["healthcheck"]["test"][-1])
    assert found, f"{name} has no probe"
    return int(found[1]), found[2]


def families() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names that Prometheus sees, with their labels."""
    suffixes = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
    for collector in list(metrics.REGISTRY._collector_to_names):
        family = next(iter(collector.collect()))
        for suffix in suffixes[family.type]:
            yield family.name + suffix, tuple(getattr(collector, "_labelnames", ()))


def expressions() -> list[str]:
    """Every PromQL expression of rules and dashboards."""
    rules = [rule["expr"] for group in read_yaml(PROMETHEUS / "rules.yml")["groups"] for rule in group["rules"]]
    boards = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((GRAFANA / "dashboards").glob("*.json"))]
    panels = [target["expr"] for board in boards for panel in board["panels"] for target in panel["targets"]]
    assert rules
    assert panels
    return rules + panels


def test_every_service_runs_by_its_module_in_the_one_image() -> None:
    ours = {name for name, service in stack().items() if service["image"] == "luna:local"}
    assert ours == {*NAMES, "topics"}
    assert json.loads(arguments("ENTRYPOINT")[-1]) == ["python3", "-m"]
    for name in NAMES:
        assert stack()[name]["command"] == [f"services.{name}"]
        assert importlib.util.find_spec(f"services.{name}.__main__")


def test_the_job_that_makes_topics_is_a_luna_command_and_comes_first() -> None:
    module, *words = stack()["topics"]["command"]
    assert importlib.util.find_spec(f"{module}.__main__")
    answer = CliRunner().invoke(build(), [*words, "--help"])
    assert answer.exit_code == 0, answer.output
    for name in NAMES:
        assert stack()[name]["depends_on"]["topics"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", [*NAMES, "topics"])
def test_every_variable_of_the_stack_is_a_setting_of_the_service(name: str) -> None:
    models: list[type[BaseModel]] = [ServiceSettings, UpSettings] if name == "topics" else [SETTINGS[name]]
    known = {setting.variable for model in models for setting in settings_of(model)}
    given = {
        variable for variable in stack()[name]["environment"] | image_environment() if variable.startswith("LUNA_")
    }
    assert given
    assert given <= known


@pytest.mark.parametrize("name", NAMES)
def test_a_service_accepts_the_values_of_the_stack(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in (image_environment() | stack()[name]["environment"]).items():
        monkeypatch.setenv(variable, str(value))
    model = SETTINGS[name]
    assert issubclass(model, ServiceSettings)
    settings = load(model)
    assert settings.health_host == "0.0.0.0"
    if isinstance(settings, GatewaySettings):
        assert settings.gateway.access.mode == "token"
        assert settings.gateway.access.token


def test_a_service_with_a_database_gets_the_one_of_the_stack() -> None:
    database = stack()["postgres"]["environment"]
    for name in NAMES:
        url = stack()[name]["environment"].get("LUNA_DATABASE__URL")
        assert (url is not None) == ("database" in SETTINGS[name].model_fields)
        if url:
            parts = urlsplit(url)
            assert (parts.username, parts.password) == (database["POSTGRES_USER"], database["POSTGRES_PASSWORD"])
            assert (parts.hostname, parts.path) == ("postgres", "/" + database["POSTGRES_DB"])
            assert stack()[name]["depends_on"]["postgres"] == {"condition": "service_healthy"}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "gateway"])
async def test_a_probe_asks_the_health_port_for_a_path_that_exists(name: str) -> None:
    port, path = probe(name)
    assert port == default_port(name, "health_port")
    server, stop = HealthServer(0, Readiness(), "127.0.0.1"), asyncio.Event()
    async with asyncio.TaskGroup() as group, httpx.AsyncClient() as client:
        group.create_task(server.run(stop))
        await server.started.wait()
        answer = await client.get(f"http://127.0.0.1:{server.port}{path}")
        stop.set()
    assert answer.status_code == httpx.codes.OK


def test_the_gateway_is_probed_and_published_where_it_listens() -> None:
    port, path = probe("gateway")
    assert port == default_port("gateway", "gateway", "port")
    assert path in {route.path for route in gateway_health.router.routes if isinstance(route, Route)}
    assert stack()["gateway"]["ports"] == [f"127.0.0.1:{port}:{port}"]


def test_nothing_is_published_beyond_this_machine() -> None:
    ports = [port for service in stack().values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_clients_are_told_the_addresses_that_broker_and_registry_have() -> None:
    kafka = stack()["kafka"]
    advertised = dict(one.split("://") for one in kafka["environment"]["KAFKA_ADVERTISED_LISTENERS"].split(","))
    listening = dict(one.split("://") for one in kafka["environment"]["KAFKA_LISTENERS"].split(","))
    assert kafka["ports"] == [advertised["HOST"] + listening["HOST"]]
    assert advertised["INTERNAL"] == "kafka" + listening["INTERNAL"]
    assert advertised["INTERNAL"] in kafka["healthcheck"]["test"][-1]
    assert kafka["volumes"] == ["kafka:" + kafka["environment"]["KAFKA_LOG_DIRS"]]
    published = int(stack()["registry"]["ports"][0].rsplit(":", 1)[1])
    for name in NAMES:
        environment = stack()[name]["environment"]
        assert environment["LUNA_KAFKA__BOOTSTRAP_SERVERS"] == advertised["INTERNAL"]
        registry = urlsplit(environment["LUNA_SCHEMA_REGISTRY_URL"])
        assert (registry.hostname, registry.port) == ("registry", published)


def test_images_are_pinned() -> None:
    stages = {argument.split(" AS ")[1] for argument in arguments("FROM") if " AS " in argument}
    named = [argument.split(" AS ")[0] for argument in arguments("FROM")]
    named += [service["image"] for service in stack().values() if "build" not in service]
    pinned = re.compile(r"[a-z./-]+:v?\d+[\w.-]*(@sha256:[0-9a-f]{64})?")
    assert [image for image in named if image not in stages and not pinned.fullmatch(image)] == []


def test_dependencies_are_installed_by_hash_only() -> None:
    commands = arguments("RUN")
    installs = [command for command in commands if "pip install" in command]
    assert installs
    assert all("--require-hashes" in command for command in installs)
    assert any("npm ci" in command for command in commands)
    assert not any("npm install" in command for command in commands)


def test_the_image_runs_as_nobody_special_and_owns_its_data() -> None:
    last_stage = dockerfile()[max(index for index, (name, _) in enumerate(dockerfile()) if name == "FROM") :]
    user = [argument for name, argument in last_stage if name == "USER"]
    assert len(user) == 1
    assert int(user[0]) >= 1_000
    added = next(argument for name, argument in last_stage if name == "RUN" and "useradd" in argument)
    assert f"--uid {user[0]} " in added
    assert f"--home-dir {image_environment()['LUNA_DATA_DIR']} " in added


def test_what_the_image_copies_is_there_and_sent_to_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    copied = [argument.split()[:-1] for argument in arguments("COPY") if not argument.startswith("--from")]
    for source in (path.rstrip("/") for paths in copied for path in paths):
        assert (ROOT / source).exists()
        assert not {source, source.split("/")[0]} & set(ignored)
    page = next(argument.split()[-1] for argument in arguments("COPY") if argument.startswith("--from=dashboard"))
    assert ROOT / page == DASHBOARD


def test_prometheus_scrapes_every_service_on_its_health_port() -> None:
    job = read_yaml(PROMETHEUS / "prometheus.yml")["scrape_configs"][0]
    scraped = {one["labels"]["service"]: one["targets"] for one in job["static_configs"]}
    assert scraped == {name: [f"{name}:{default_port(name, 'health_port')}"] for name in NAMES}
    assert any(f'up{{job="{job["job_name"]}"}}' in expression for expression in expressions())


@pytest.mark.parametrize("expression", expressions())
def test_rules_and_dashboards_ask_for_metrics_and_labels_that_exist(expression: str) -> None:
    known = dict(families())
    asked = METRIC.findall(expression)
    assert set(asked) <= set(known)
    labels = {label.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(",")}
    for name in asked:
        assert labels <= {*known[name], "le", "service"}


def test_prometheus_accepts_its_files() -> None:
    rules = [rule for group in read_yaml(PROMETHEUS / "rules.yml")["groups"] for rule in group["rules"]]
    assert all({"summary", "action"} <= set(rule["annotations"]) for rule in rules)
    promtool = shutil.which("promtool")
    if promtool:  # its own word where it is installed
        command = [promtool, "check", "config", str(PROMETHEUS / "prometheus.yml")]
        answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert f"{len(rules)} rules found" in answer.stdout


def test_grafana_finds_its_source_and_its_dashboards() -> None:
    source = read_yaml(GRAFANA / "provisioning" / "datasources" / "prometheus.yml")["datasources"][0]
    port = stack()["prometheus"]["ports"][0].rsplit(":", 1)[1]
    assert source["url"] == f"http://prometheus:{port}"
    folder = read_yaml(GRAFANA / "provisioning" / "dashboards" / "luna.yml")["providers"][0]["options"]["path"]
    mounts = {volume.split(":")[1]: ROOT / volume.split(":")[0] for volume in stack()["grafana"]["volumes"]}
    boards = list(mounts[folder].glob("*.json"))
    assert boards
    for board in boards:
        panels = json.loads(board.read_text(encoding="utf-8"))["panels"]
        assert {panel["datasource"]["uid"] for panel in panels} == {source["uid"]}
    assert all(path.exists() for path in mounts.values())
