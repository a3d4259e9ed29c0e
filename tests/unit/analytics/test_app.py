"""What an analytics process is made of, as the environment says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.analytics.app import build
from services.analytics.settings import AnalyticsSettings
from streamkit.lifecycle import Service
from streamkit.settings import load

FOLDS = ["HealthServer", "Worker", "Watchdog"]
STORE = ["EventStore", "StoreAnswering", "Telling"]


async def closed(service: Service) -> list[str]:
    """Names of its parts; nothing of it runs."""
    for resource in reversed(service.resources):
        await resource.close()
    return [type(part).__name__ for part in service.parts]


@pytest.mark.parametrize(
    ("said", "parts"), [({}, FOLDS + STORE), ({"LUNA_STORE__ENABLED": "false"}, FOLDS)], ids=["default", "off"]
)
async def test_a_store_that_is_switched_off_is_no_part_of_the_process_and_needs_no_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: dict[str, str], parts: list[str]
) -> None:
    asked: list[str] = []
    connect: Callable[..., object] = lambda settings: asked.append(settings.url)  # noqa: E731
    if said:
        monkeypatch.setattr("services.analytics.store.app.connect", connect)
    nobody = {"LUNA_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:1", "LUNA_DATA_DIR": str(tmp_path), "LUNA_HEALTH_PORT": "0"}
    for name, value in {**nobody, **said}.items():
        monkeypatch.setenv(name, value)
    assert await closed(build(load(AnalyticsSettings))) == parts
    assert asked == []
