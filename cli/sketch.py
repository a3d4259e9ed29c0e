"""Drawing rates over time: a line of blocks for a terminal, small panels of SVG for a page."""

from collections.abc import Sequence
from html import escape
from xml.sax.saxutils import quoteattr

import numpy as np
import numpy.typing as npt

from services.simulator.domain.causes import PHASES
from services.simulator.preview import Preview

BLOCKS = "▁▂▃▄▅▆▇█"
WIDTH, HEIGHT, LEFT, GAP = 760, 70, 190, 26
COLOURS = {0: "#f5c26b", 1: "#e2725b", 2: "#9fb8d9"}
"""Of ramping, holding, settling."""


def sparkline(values: Sequence[float], width: int = 48) -> str:
    """Values as blocks, least to most; at most ``width`` of them, each the mean of its share of the values."""
    parts = [
        part for part in np.array_split(np.asarray(values, dtype=np.float64), min(width, len(values))) if len(part)
    ]
    means = np.array([part.mean() for part in parts])
    spread = means.max() - means.min()
    if spread == 0:
        return BLOCKS[0] * len(means)
    return "".join(BLOCKS[round(float(v))] for v in (means - means.min()) / spread * (len(BLOCKS) - 1))


def svg(found: Preview) -> str:
    """One panel a rate: dashed without the scenario, solid with it, phases shaded."""
    height = GAP * 2 + (HEIGHT + GAP) * len(found.series)
    total = LEFT + WIDTH + 20
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {height}"',
        '     font-family="sans-serif" font-size="12">',
        f'<rect width="{total}" height="{height}" fill="white"/>',
        f'<text x="10" y="18" font-size="14">{escape(found.scenario)}: rates by minutes from the start</text>',
    ]
    top = GAP + 8
    for name, (without, changed) in found.series.items():
        lines += _shades(found, top)
        low, high = float(min(without.min(), changed.min())), float(max(without.max(), changed.max()))
        lines.append(f'<text x="10" y="{top + HEIGHT / 2:.0f}">{escape(name)}</text>')
        lines.append(f'<text x="{LEFT - 6}" y="{top + 10}" text-anchor="end" fill="#777">{high:.3g}</text>')
        lines.append(f'<text x="{LEFT - 6}" y="{top + HEIGHT}" text-anchor="end" fill="#777">{low:.3g}</text>')
        lines.append(_line(without, low, high, top, 'stroke="#888" stroke-dasharray="4 3"'))
        lines.append(_line(changed, low, high, top, 'stroke="#1d3f72" stroke-width="1.6"'))
        top += HEIGHT + GAP
    lines += _axis(found, top - GAP + 14)
    return "\n".join([*lines, "</svg>"]) + "\n"


def page(found: Preview) -> str:
    """The drawing as a page of its own."""
    phases = ", ".join(f"{PHASES[number]} {quoteattr(colour)}" for number, colour in COLOURS.items())
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(found.scenario)}</title>'
    return f"{head}<body>{svg(found)}<p>Shades: {escape(phases)}. Dashed: without the scenario.</p></body></html>\n"


def _place(found: Preview, index: int) -> float:
    return LEFT + WIDTH * index / max(len(found.minutes) - 1, 1)


def _shades(found: Preview, top: int) -> list[str]:
    shades = []
    for phase, colour in COLOURS.items():
        index = np.flatnonzero(found.phases == phase)
        if len(index):
            left, right = _place(found, int(index[0])), _place(found, int(index[-1]) + 1)
            box = f'x="{left:.1f}" y="{top}" width="{right - left:.1f}" height="{HEIGHT}"'
            shades.append(f'<rect {box} fill="{colour}" opacity="0.25"/>')
    return shades


def _line(values: npt.NDArray[np.float64], low: float, high: float, top: int, style: str) -> str:
    across = LEFT + WIDTH * np.arange(len(values)) / max(len(values) - 1, 1)
    down = top + HEIGHT * (1 - (values - low) / ((high - low) or 1.0))
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across.tolist(), down.tolist(), strict=True))
    return f'<polyline points="{points}" fill="none" {style}/>'


def _axis(found: Preview, down: float) -> list[str]:
    marks = [index for index, minute in enumerate(found.minutes.tolist()) if minute % 60 == 0]
    every = max(len(marks) // 12, 1)
    style = f'y="{down:.0f}" text-anchor="middle" fill="#777"'
    return [f'<text x="{_place(found, index):.1f}" {style}>{found.minutes[index]}</text>' for index in marks[::every]]
