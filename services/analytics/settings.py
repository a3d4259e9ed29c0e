"""Settings of the analytics service: ``LUNA_ANALYTICS__…``."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from services.analytics.domain.learning import LearningParameters
from services.analytics.processor import Limits
from streamkit.errors import ConfigurationError
from streamkit.settings import Section, ServiceSettings

PREFERENCES_FILE = Path(__file__).parent / "data" / "preferences.yaml"


class AnalyticsSection(Section):
    """How analytics consumes, remembers and recovers."""

    group: str = Field(default="analytics", description="Consumer group, and prefix of the changelog topic")
    chunk_records: int = Field(default=5_000, ge=1, description="Records a chunk holds at most")
    gather_records: int = Field(default=20_000, ge=1, description="Records saved by one commit, about")
    commit_interval_s: float = Field(default=0.5, gt=0, description="How often offsets are committed to the group")
    retention_minutes: int = Field(default=4_320, ge=60, description="Simulated minutes kept in the live tables")
    lateness_minutes: int = Field(default=1, ge=0, description="Simulated minutes a window waits for other services")
    id_segment: int = Field(default=4_096, ge=16, description="Event ids a segment of the duplicate window holds")
    id_segments: int = Field(default=9, ge=2, description="Segments of the duplicate window of a partition")
    stall_limit_s: float = Field(
        default=30.0, gt=0, description="Exit when nothing is consumed so long while lag exists"
    )
    preferences_file: Path = Field(default=PREFERENCES_FILE, description="Parameters of preference evolution")

    def limits(self) -> Limits:
        """What the processor may remember."""
        return Limits(self.retention_minutes, self.lateness_minutes, self.id_segment, self.id_segments)


class AnalyticsSettings(ServiceSettings):
    """All settings of the service."""

    health_port: int = Field(
        default=9104, ge=0, le=65535, description="Port of /livez, /readyz, /metrics; 0 is a free one"
    )
    analytics: AnalyticsSection = Field(default=AnalyticsSection(), description="The service's own")


def read_learning(file: Path) -> LearningParameters:
    """Parameters of preference evolution out of their file.

    Raises:
        ConfigurationError: naming file, line where YAML is broken, and the reason.

    """
    try:
        content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
        return LearningParameters.model_validate(content)
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", file) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ConfigurationError(error.problem or "not YAML", file, line) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{place}: {first['msg']}", file) from error
