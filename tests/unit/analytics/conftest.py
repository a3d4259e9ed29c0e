"""A small city, told once for all tests of analytics."""

import pytest

from cli.offline import compose
from services.simulator.domain.city import CityConfig
from tests.unit.analytics.recount import COUNTED
from tests.unit.analytics.retelling import START, Topics


@pytest.fixture(scope="package")
def city() -> Topics:
    """Whole topics of two and a half hours of a busy Friday evening: past an hour's end and a day's (20:00 there)."""
    run = compose(CityConfig(users=120, venues=60, start=START, profile="dense"), seed=11)
    run.host.run(150)
    run.host.settle()
    log = run.log
    return {topic: log.batch(topic, 0, log.size(topic)).frame for topic in (*COUNTED, "users", "venues")}
