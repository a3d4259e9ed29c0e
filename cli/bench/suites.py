"""Every benchmark of the project by the name that `luna bench` knows it by."""

from collections.abc import Callable, Mapping, Sequence

from cli.bench import booking, codec, engine, pipeline, recommender
from cli.bench.measure import Measurement

SUITES: Mapping[str, Callable[[], Sequence[Measurement]]] = {
    "booking": booking.measure,
    "codec": codec.measure,
    "engine": engine.measure,
    "pipeline": pipeline.measure,
    "recommender": recommender.measure,
}
