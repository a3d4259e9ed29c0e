"""How the recommender speaks to the broker when nobody says otherwise."""

import pytest

from services.recommender.settings import Settings
from streamkit.settings import ServiceSettings, load


def test_an_answer_waits_for_little_else_even_where_the_broker_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUNA_KAFKA__BOOTSTRAP_SERVERS", "kafka:9092")
    own, usual = load(Settings).kafka, load(ServiceSettings).kafka
    assert own.bootstrap_servers == "kafka:9092"
    assert own.gather_ms < usual.gather_ms
    assert own.linger_ms < usual.linger_ms
