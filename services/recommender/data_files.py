"""Reads the recommender's YAML, refused with its reason when it is not what `Weights` describes."""

from pathlib import Path

import yaml

from services.recommender.domain.weights import Weights

WEIGHTS = Path(__file__).parent / "data" / "weights.yaml"


def load_weights(path: Path = WEIGHTS) -> Weights:
    """The scoring weights. Raises pydantic's ValidationError or yaml.YAMLError naming what is wrong."""
    with path.open(encoding="utf-8") as stream:
        return Weights.model_validate(yaml.safe_load(stream))
