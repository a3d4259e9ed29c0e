"""How the recommender speaks to the broker when nobody says otherwise."""

import pytest

from services.recommender.settings import Settings
from streamkit.settings import ServiceSettings, load
from streamkit.settings_docs import markdown_table


def test_an_answer_waits_for_little_else_even_where_the_broker_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUNA_KAFKA__BOOTSTRAP_SERVERS", "kafka:9092")
    own, usual = load(Settings).kafka, load(ServiceSettings).kafka
    assert own.bootstrap_servers == "kafka:9092"
    assert own.gather_ms < usual.gather_ms
    assert own.linger_ms < usual.linger_ms


def test_the_page_of_settings_tells_what_a_service_changes_of_a_shared_section() -> None:
    assert f"| `LUNA_KAFKA__GATHER_MS` | float | `{Settings().kafka.gather_ms}` |" in markdown_table([Settings])
