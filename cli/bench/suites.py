"""Every benchmark of the project by the name that `luna bench` knows it by."""

from collections.abc import Callable, Mapping, Sequence

from cli.bench import analytics, booking, codec, engine, gateway, offline, page, pipeline, recommender
from cli.bench.measure import Measurement

SUITES: Mapping[str, Callable[[], Sequence[Measurement]]] = {
    "analytics": analytics.measure,
    "booking": booking.measure,
    "codec": codec.measure,
    "engine": engine.measure,
    "gateway": gateway.measure,
    "offline": offline.measure,
    "page": page.measure,
    "pipeline": pipeline.measure,
    "recommender": recommender.measure,
}

QUICK: Mapping[str, Callable[[], Sequence[Measurement]]] = {
    "analytics": analytics.measure_quick,
    "gateway": lambda: gateway.measure(gateway.QUICK),
    "offline": lambda: offline.measure(offline.QUICK),
    "page": lambda: page.measure(page.QUICK),
}
"""A smaller form, where a benchmark has one: a look on a machine that others use, no figure to publish."""
