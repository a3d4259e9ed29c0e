"""Plots of the report: real aggregates, the city and the null, as SVG that stands in the page itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final, Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from cli.realism.city import SECOND, City, NotMeasuredError
from cli.realism.estimators import Floats, histogram
from cli.realism.measures.calendar_days import FOOD, NIGHTLIFE
from cli.realism.measures.places import moves
from cli.realism.measures.rhythm import burst_windows, gaps
from cli.realism.reference import reference

INK: Final = {"real": "#222222", "city": "#c2410c", "null": "#94a3b8"}
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Plot:
    """One comparison: ``real`` is a histogram or quantiles by level; ``measured`` the same histogram, or the sample."""

    title: str
    across: str
    kind: Literal["histogram", "quantiles", "log_quantiles"]
    real: Sequence[float] | Mapping[str, float]
    measured: Callable[[City], Floats]
    names: Sequence[str] = ()


def _hours(table: str, column: str, kinds: Sequence[str] = ()) -> Callable[[City], Floats]:
    def measured(city: City) -> Floats:
        rows = city.table(table)
        rows = rows.filter(rows["category"].is_in(kinds)) if kinds else rows
        return histogram(rows[column], 24)

    return measured


def _bounded(table: str, column: str, most: int) -> Callable[[City], Floats]:
    """Histogram whose last bin holds everything from ``most`` on."""

    def measured(city: City) -> Floats:
        return histogram(np.clip(city.table(table)[column].to_numpy(), 0, most), most + 1)

    return measured


def _lead(city: City) -> Floats:
    rows = city.table("bookings")
    return histogram(np.clip((rows["start_day"] - rows["day"]).to_numpy(), 0, 31), 32)


def _gap_minutes(city: City) -> Floats:
    return np.asarray(gaps(city, "visits")[0] / 60, dtype=np.float64)


def _act_gaps(city: City) -> Floats:
    return gaps(city, "actions")[0]


def _lead_hours(city: City) -> Floats:
    rows = city.table("bookings")
    hours: Floats = ((rows["start"] - rows["t"]) / (3600 * SECOND)).to_numpy()
    return np.asarray(np.maximum(hours, 0.1))


def _tiers(city: City) -> Floats:
    return histogram(city.table("venues")["price_tier"], 5)[1:]


def plots() -> Sequence[Plot]:
    """All comparisons, in the order of the page."""
    nyc, tables, marc = reference("nyc_checkins"), reference("recruit_reservations_2017"), reference("fsq_nyc_marc")
    by_kind, tiers = marc["hour_by_category"], marc["venue_price_tier"]
    return (
        Plot("Check-ins by hour", "hour", "histogram", nyc["hour"], _hours("visits", "hour")),
        Plot("Food by hour", "hour", "histogram", by_kind["Food"], _hours("visits", "hour", FOOD)),
        Plot("Nightlife by hour", "hour", "histogram", by_kind["Nightlife Spot"], _hours("visits", "hour", NIGHTLIFE)),
        Plot("Check-ins by weekday", "", "histogram", nyc["dow_mon0"], _bounded("visits", "weekday", 6), WEEKDAYS),
        Plot("Time between check-ins", "minutes", "log_quantiles", nyc["iet_minutes"], _gap_minutes),
        Plot(
            "Time between acts (real: messages)",
            "seconds",
            "log_quantiles",
            reference("college_msg", "iet_seconds"),
            _act_gaps,
        ),
        Plot(
            "Burstiness in 28 days", "B", "quantiles", nyc["Bf_28d_n20"], lambda city: burst_windows(city, "visits")[0]
        ),
        Plot(
            "Way to the next place",
            "km",
            "log_quantiles",
            nyc["displacement_km"],
            lambda city: moves(city)["km"].to_numpy(),
        ),
        Plot("Tables reserved for", "hour", "histogram", tables["visit_hour"], _hours("bookings", "start_hour")),
        Plot("Tables reserved at", "hour", "histogram", tables["made_hour"], _hours("bookings", "hour")),
        Plot("Days ahead", "days, 31 and more last", "histogram", tables["lead_days_pmf_0_30"], _lead),
        Plot("Hours ahead", "hours", "log_quantiles", tables["lead_hours"], _lead_hours),
        Plot(
            "Party",
            "people, 20 and more last",
            "histogram",
            tables["party_pmf_0_20plus"],
            _bounded("bookings", "party_size", 20),
        ),
        Plot("Price tiers", "tier", "histogram", [tiers[str(tier)] for tier in (1, 2, 3, 4)], _tiers, "1234"),
    )


def drawn(plot: Plot, cities: Mapping[str, City]) -> str:
    """The plot as an SVG element; a city that lacks the data is left out of it."""
    with rc_context({"svg.hashsalt": plot.title, "font.size": 8, "svg.fonttype": "none"}):
        figure = Figure(figsize=(4.2, 2.5), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        _line(axes, plot, "real", plot.real)
        for name, city in cities.items():
            try:
                _line(axes, plot, name, plot.measured(city))
            except NotMeasuredError:
                continue
        axes.set_title(plot.title, loc="left", fontweight="bold")
        axes.set_xlabel(plot.across)
        axes.spines[["top", "right"]].set_visible(False)
        if plot.names:
            axes.set_xticks(range(len(plot.names)), list(plot.names))
        axes.legend(frameon=False, fontsize=7)
        out = StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()[out.getvalue().index("<svg") :]


def _line(axes: object, plot: Plot, name: str, values: Sequence[float] | Mapping[str, float] | Floats) -> None:
    draw = getattr(axes, "plot")  # noqa: B009 — matplotlib's axes are untyped here
    style = {"label": name, "color": INK.get(name, "#2563eb"), "linewidth": 2.0 if name == "real" else 1.3}
    if plot.kind == "histogram":
        draw(range(len(values)), list(values), marker="." if name == "real" else None, **style)
        return
    if plot.kind == "log_quantiles":
        getattr(axes, "set_xscale")("log")  # noqa: B009 — as above
    if isinstance(values, Mapping):
        draw(list(values.values()), [float(level) for level in values], marker="o", markersize=3, **style)
    elif len(values):
        levels = np.linspace(0.005, 0.995, 199)
        draw(np.quantile(values, levels), levels, **style)
