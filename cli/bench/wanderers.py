"""The peer of the engine alone: a city of wandering agents on mesa-frames, run in an environment of its own.

A script, not a module of this project: `python wanderers.py AGENTS STEPS` prints agent-steps a second of wall time and
of CPU time as JSON. Agents turn a little, walk, turn back at the city's edge, tire, and rest until they are fresh, each
step for all of them at once, as mesa-frames means it.
"""
# mypy: ignore-errors
# mesa-frames is not installed where mypy runs

import json
import sys
import time
from importlib.metadata import version

import numpy as np
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF

CITY_KM = 30.0
STRIDE_KM = 0.08  # a minute on foot
TURN = 0.5
TIRED, FRESH = 0.2, 0.9
WARM_STEPS = 5


class Wanderers(AgentSetPolars):
    """Agents with a place, a heading and energy; the last says whether they walk or rest."""

    def __init__(self, model: ModelDF, count: int) -> None:
        super().__init__(model)
        random = model.random
        self += pl.DataFrame(
            {
                "unique_id": pl.Series(np.arange(count), dtype=pl.Int64),
                "x": random.uniform(0.0, CITY_KM, count),
                "y": random.uniform(0.0, CITY_KM, count),
                "heading": random.uniform(0.0, 2 * np.pi, count),
                "energy": random.uniform(0.0, 1.0, count),
                "resting": np.zeros(count, dtype=bool),
            }
        )

    def step(self) -> None:
        """One minute of everybody."""
        random, count = self.model.random, len(self)
        turn = pl.Series(random.normal(0.0, TURN, count))
        pace = pl.Series(random.uniform(0.0, 2 * STRIDE_KM, count))
        walking = ~pl.col("resting")
        heading = pl.col("heading") + turn
        x = pl.col("x") + pl.when(walking).then(heading.cos() * pace).otherwise(0.0)
        y = pl.col("y") + pl.when(walking).then(heading.sin() * pace).otherwise(0.0)
        outside = (x < 0) | (x > CITY_KM) | (y < 0) | (y > CITY_KM)
        energy = pl.col("energy") + pl.when(walking).then(-0.01).otherwise(0.02)
        self.agents = self.agents.with_columns(
            x=x.clip(0.0, CITY_KM),
            y=y.clip(0.0, CITY_KM),
            heading=pl.when(outside).then(heading + np.pi).otherwise(heading),
            energy=energy,
            resting=pl.when(energy < TIRED).then(True).when(energy > FRESH).then(False).otherwise(pl.col("resting")),
        )


class City(ModelDF):
    """A model of wanderers."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.agents += Wanderers(self, count)

    def step(self) -> None:
        """One minute."""
        self.agents.step()


def main() -> None:
    """Warm up, then measure."""
    count, steps = int(sys.argv[1]), int(sys.argv[2])
    sys.setrecursionlimit(10_000)
    city = City(count)
    for _ in range(WARM_STEPS):
        city.step()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(steps):
        city.step()
    done = count * steps
    told = {
        "version": version("mesa-frames"),
        "a_second": done / (time.perf_counter() - wall),
        "a_cpu_second": done / (time.process_time() - cpu),
    }
    print(json.dumps(told))  # noqa: T201 - a script whose output is read


if __name__ == "__main__":
    main()
