"""In a city that lives for two weeks people come to take more of what they are shown."""

import numpy as np
import polars as pl

from cli.offline import compose
from services.simulator.domain.city import CityConfig

DAYS, TICK_SECONDS = 14, 1800
CONFIG = CityConfig(users=18, venues=30, start=1_780_524_000_000_000, profile="dense", tick_seconds=TICK_SECONDS)
JUDGED = ["recommendation.accepted", "recommendation.ignored"]


def test_the_share_of_lists_with_an_item_taken_rises_over_a_persons_first_weeks() -> None:
    """Slope of a person's own shares by day, over everybody who decided often enough; chance alone gives none."""
    run = compose(CONFIG, seed=3)
    run.host.run(DAYS * 86_400 // TICK_SECONDS)
    judged = run.log.read("user_actions").frame.filter(pl.col("event_type").is_in(JUDGED))
    lists = judged.group_by("user_id", "simulation_time").agg(
        (pl.col("event_type") == "recommendation.accepted").any().alias("took")
    )
    half = CONFIG.start + DAYS * 86_400_000_000 // 2
    by_half = lists.group_by("user_id", (pl.col("simulation_time") >= half).alias("later")).agg(
        pl.col("took").mean(), pl.len()
    )
    often = by_half.filter(pl.col("len") >= 10).pivot(on="later", index="user_id", values="took").drop_nulls()
    gain = (often["true"] - often["false"]).to_numpy()
    assert len(gain) >= 8
    assert float(np.mean(gain)) > 0
    assert "meal_time" in run.log.read("recommendations").frame["trigger"].to_list()
    metrics = run.log.read("system_metrics").frame.filter(pl.col("event_type") == "acceptance.measured")
    everybody = metrics.filter(pl.col("dimension").is_null())
    assert everybody["count"].sum() > 0.9 * lists.height
    assert everybody["value"].is_between(0, 1).all()
