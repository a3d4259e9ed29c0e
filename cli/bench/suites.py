"""Every benchmark of the project by the name that `luna bench` knows it by. A worker on a part adds its line here."""

from collections.abc import Callable, Mapping, Sequence

from cli.bench import codec
from cli.bench.measure import Measurement

SUITES: Mapping[str, Callable[[], Sequence[Measurement]]] = {"codec": codec.measure}
