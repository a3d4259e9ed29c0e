"""The policy of the houses as it comes with the service."""

from functools import lru_cache
from pathlib import Path

from services.booking.domain.policy import Policy
from streamkit.data_files import read_yaml

POLICY = Path(__file__).parent / "data" / "policy.yaml"


@lru_cache(maxsize=8)
def load_policy(path: Path = POLICY) -> Policy:
    """The policy in a file; raises ConfigurationError with file, line and reason."""
    return read_yaml(Policy, path)
