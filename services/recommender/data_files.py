"""The scoring weights as they come with the service."""

from pathlib import Path

from services.recommender.domain.weights import Weights
from streamkit.data_files import read_yaml

WEIGHTS = Path(__file__).parent / "data" / "weights.yaml"


def load_weights(path: Path = WEIGHTS) -> Weights:
    """The weights in a file; raises ConfigurationError with file, line and reason."""
    return read_yaml(Weights, path)
