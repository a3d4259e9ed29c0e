"""Two workers, killed and moved about while records flow: everything published equals a count over the topics."""

import pytest

from streamkit.positions import Positions
from streamkit.testing import eventually
from tests.integration.analytics.recount import violations, wrong_figures
from tests.integration.analytics.stage import READY_S, Stage, end_of
from tests.integration.analytics.storm import Storm

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(1_200)]

MILLION = 1_000_000
COUNTED_S = 600.0
"""A million records on two cores that others load too."""


async def test_figures_milestones_and_tastes_are_exact_over_kills_and_rebalances_of_two_workers(stage: Stage) -> None:
    await Storm(stage, seed=1, each=3_000).run(kills=3, rebalances=1)
    assert violations(stage) == []


async def test_a_million_records_are_counted_exactly_over_two_workers_and_a_kill(stage: Stage) -> None:
    settings = {"LUNA_ANALYTICS__CHUNK_RECORDS": "5000", "LUNA_ANALYTICS__GATHER_RECORDS": "20000"}
    written: Positions = {}
    for first in range(0, MILLION, MILLION // 10):
        written |= await stage.act(first, MILLION // 10)
    await stage.tick(end_of(MILLION), written)
    with stage.service("one", **settings):
        with stage.service("two", **settings):
            await eventually(lambda: stage.handled("two") >= 3, READY_S)
        await eventually(lambda: stage.log("one").count("state restored") >= 2, READY_S)
        with stage.service("two", **settings):
            await eventually(lambda: stage.closed_total() == MILLION, COUNTED_S)
    assert list(wrong_figures(stage)) == []
