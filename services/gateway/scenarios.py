"""The scenarios that can be started, as the page and the API list them."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from streamkit.errors import ConfigurationError

CATALOGUE = Path(__file__).parent / "data" / "scenarios.yaml"


class Scenario(BaseModel):
    """One scenario in words; what it does is the simulator's business."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    description: str
    world: str


def load_scenarios(path: Path = CATALOGUE) -> tuple[Scenario, ...]:
    """Scenarios of a file.

    Raises:
        ConfigurationError: the file is not as it must be.
    """
    try:
        return tuple(Scenario.model_validate(entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError, TypeError) as error:
        raise ConfigurationError(str(error), path) from error
