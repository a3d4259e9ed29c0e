"""Reads the recommender's YAML, refused with its reason when it is not what `Weights` describes."""

from pathlib import Path

import yaml
from pydantic import ValidationError

from services.recommender.domain.weights import Weights
from streamkit.errors import ConfigurationError

WEIGHTS = Path(__file__).parent / "data" / "weights.yaml"


def load_weights(path: Path = WEIGHTS) -> Weights:
    """The scoring weights.

    Raises:
        ConfigurationError: with file, place and reason.

    """
    try:
        with path.open(encoding="utf-8") as stream:
            return Weights.model_validate(yaml.safe_load(stream))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigurationError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
