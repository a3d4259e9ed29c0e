"""``funnel.get``: how many people come how far, how many go on, and how long they take."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from services.analytics.domain.aggregates.figures import by_type
from services.analytics.domain.aggregates.firsts import waits
from services.analytics.domain.aggregates.kinds import STEP_OF
from services.analytics.domain.aggregates.partials import STEPS
from services.analytics.domain.branches import BranchState
from services.analytics.domain.questions.asking import RangeQuestion, coarse


class FunnelQuestion(RangeQuestion):
    """``funnel.get``."""


def funnel(state: BranchState, question: FunnelQuestion) -> Mapping[str, Any]:
    """People at each step within the range, and the share of them that came from the step before."""
    asked = coarse(state, question)
    merger = state.windows.merger
    people = merger.step_people(asked.width, asked.starts)
    types = by_type(merger.merged(asked.width, asked.starts).kinds)
    waited = waits(state.aggregates.firsts.merged(), asked.start_us, asked.end_us)
    steps = []
    for number, step in enumerate(STEPS):
        before = people[number - 1] if number else None
        times = waited.get(number, np.zeros(0))
        steps.append(
            {
                "step": step,
                "users": len(people[number]),
                "events": sum(types.get(kind, 0) for kind, of in STEP_OF.items() if of == step),
                "conversion": round(len(people[number]) / len(before), 4) if before else None,
                "continued": round(len(people[number] & before) / len(before), 4) if before else None,
                "median_seconds": round(float(np.median(times)), 1) if len(times) else None,
                "p90_seconds": round(float(np.quantile(times, 0.9)), 1) if len(times) else None,
            }
        )
    return {"from": asked.start_us, "to": asked.end_us, "steps": steps}
