"""The report as one HTML file that needs nothing else."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from cli.realism.city import City
from cli.realism.facts import GROUPS, Fact
from cli.realism.plots import drawn, plots
from cli.realism.scorecard import GROUP_BAR, NULL_BAR, PASS_BAR, Scorecard, Verdict

STYLE: Final = """
:root{color-scheme:light dark;--good:#15803d;--bad:#b91c1c;--dim:#64748b;--line:#94a3b84d}
body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem;text-transform:capitalize}
table{border-collapse:collapse;width:100%}th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);
text-align:left;vertical-align:top}th{font-weight:600}.n{font-variant-numeric:tabular-nums;white-space:nowrap}
.good{color:var(--good)}.bad{color:var(--bad)}.dim{color:var(--dim);font-size:.85em}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(21rem,1fr));gap:1rem}
.plots svg{width:100%;height:auto;background:#fff;border-radius:4px}
"""


def page(city: City, null: City | None, card: Scorecard, null_card: Scorecard | None, where: str) -> str:
    """The whole page."""
    cities: Mapping[str, City] = {"city": city} if null is None else {"city": city, "null": null}
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width'><title>Realism</title>",
        f"<style>{STYLE}</style></head><body><h1>Realism</h1>",
        f"<p class='dim'>{escape(where)}: {city.users:,} people, {city.span_days:.1f} days</p>",
        _summary(card, null_card),
        "<h2>Real against simulated</h2><div class='plots'>",
        *(drawn(plot, cities) for plot in plots()),
        "</div>",
    ]
    for group in GROUPS:
        rows = [
            (verdict, null_card.verdicts[i] if null_card else None)
            for i, verdict in enumerate(card.verdicts)
            if verdict.fact.group == group
        ]
        if rows:
            parts += [f"<h2>{group}</h2>", _table(rows)]
    return "".join([*parts, "</body></html>\n"])


def _summary(card: Scorecard, null_card: Scorecard | None) -> str:
    head = "<th>facts passed<th>weakest group" + "".join(f"<th>{group}" for group in card.groups)
    rows = [f"<tr><td>city{_scores(card)}"]
    if null_card is not None:
        rows.append(f"<tr class='dim'><td>Poisson null{_scores(null_card)}")
    bars = (
        f"<p class='dim'>Bars: {PASS_BAR:.0%} of C and V facts, no group under {GROUP_BAR:.0%}; the null under "
        f"{NULL_BAR:.0%}. A fact that cannot be computed counts as failed.</p>"
    )
    return f"<table><tr><th>{head}</tr>{''.join(rows)}</table>{bars}"


def _scores(card: Scorecard) -> str:
    cells = [card.share_passed, card.weakest, *card.groups.values()]
    return "".join(f"<td class='n'>{cell:.0%}" for cell in cells)


def _table(rows: Sequence[tuple[Verdict, Verdict | None]]) -> str:
    head = "<tr><th>fact<th><th>value ± noise<th>accepted<th>null<th>source<th></tr>"
    return f"<table>{head}{''.join(_row(*row) for row in rows)}</table>"


def _row(verdict: Verdict, null: Verdict | None) -> str:
    fact = verdict.fact
    mark = (
        "<td class='good'>pass"
        if verdict.passed
        else f"<td class='bad'>fail<br><span class=n>{verdict.score:.2f}</span>"
    )
    rests = "" if verdict.measurement is None else f"{verdict.measurement.n:,} {verdict.measurement.unit}"
    told = [text for text in (verdict.reason, rests, verdict.measurement and verdict.measurement.note) if text]
    return (
        f"<tr><td>{fact.id}<br><span class='dim'>{escape(fact.tag)}</span>"
        f"<td>{escape(fact.statement)}<br><span class='dim'>{escape(fact.statistic)}. {escape(fact.measured_on)}</span>"
        f"<td class='n'>{_values(verdict)}<br><span class='dim'>{escape('; '.join(told))}</span>"
        f"<td class='n'>{_ranges(fact)}<td class='n dim'>{'' if null is None else _values(null)}"
        f"<td class='dim'>{escape(fact.source)}{mark}</tr>"
    )


def _values(verdict: Verdict) -> str:
    if verdict.measurement is None:
        return "not measured"
    found, accept = verdict.measurement.values, verdict.fact.accept
    return "<br>".join(
        f"<span class='{'good' if accept[part].contains(found[part]) else 'bad'}'>{found[part]:.3g}</span>"
        + (f" ± {verdict.noise[part]:.2g}" if part in verdict.noise else "")
        for part in accept
        if part in found
    )


def _ranges(fact: Fact) -> str:
    return "<br>".join(f"{escape(part.replace('_', ' '))} {ends}" for part, ends in fact.accept.items())
