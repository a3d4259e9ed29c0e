"""Settings of the analytics service: ``LUNA_ANALYTICS__…``."""

from pathlib import Path

from pydantic import Field

from services.analytics.domain.aggregates.store import Kept
from services.analytics.domain.learning import LearningParameters
from services.analytics.domain.rates import AnomalyParameters
from services.analytics.processor import Limits
from streamkit.data_files import read_yaml
from streamkit.postgres import DatabaseSettings
from streamkit.settings import Section, ServiceSettings

PREFERENCES_FILE = Path(__file__).parent / "data" / "preferences.yaml"
ANOMALIES_FILE = Path(__file__).parent / "data" / "anomalies.yaml"


class AnalyticsSection(Section):
    """How analytics consumes, remembers and recovers."""

    group: str = Field(default="analytics", description="Consumer group, and prefix of the changelog topic")
    chunk_records: int = Field(default=5_000, ge=1, description="Records a chunk holds at most")
    gather_records: int = Field(default=100_000, ge=1, description="Records saved by one commit, about")
    commit_interval_s: float = Field(default=0.5, gt=0, description="How often offsets are committed to the group")
    retention_minutes: int = Field(default=1_560, ge=60, description="Simulated minutes that counts by minute are kept")
    hours_kept_days: int = Field(default=32, ge=1, description="Simulated days that counts by hour are kept")
    days_kept: int = Field(default=400, ge=2, description="Simulated days that counts by day are kept")
    lateness_minutes: int = Field(default=1, ge=0, description="Simulated minutes a window waits for other services")
    future_minutes: int = Field(
        default=120, ge=1, description="Simulated minutes ahead of the newest tick that make a record a dead letter"
    )
    id_segment: int = Field(default=4_096, ge=16, description="Event ids a segment of the duplicate window holds")
    id_segments: int = Field(default=9, ge=2, description="Segments of the duplicate window of a partition")
    stall_limit_s: float = Field(
        default=30.0, gt=0, description="Exit when nothing is consumed so long while lag exists"
    )
    fail_point: str = Field(default="", description="For tests: `stall:n` stops consuming after n chunks")
    preferences_file: Path = Field(default=PREFERENCES_FILE, description="Parameters of preference evolution")
    anomalies_file: Path = Field(default=ANOMALIES_FILE, description="Rates watched for anomalies, and from when on")

    def limits(self) -> Limits:
        """What the processor may remember."""
        kept = Kept(minute=self.retention_minutes, hour=self.hours_kept_days * 1_440, day=self.days_kept * 1_440)
        return Limits(kept, self.lateness_minutes, self.id_segment, self.id_segments)


class StoreSection(Section):
    """What the event store keeps, and how long; days are simulated ones, and 0 keeps for ever."""

    enabled: bool = Field(default=True, description="Keep every event in PostgreSQL; history and replay need it")
    group: str = Field(default="luna-analytics-store", min_length=1, description="Consumer group of the event store")
    batch_records: int = Field(default=20_000, ge=1, description="Records the event store writes at once, at most")
    keep_days: int = Field(default=60, ge=0, description="Simulated days of events kept")
    keep_mib: int = Field(default=8_192, ge=0, description="MiB that events and figures may take; the oldest go first")
    keep_minute_days: int = Field(default=7, ge=0, description="Days of closed minutes, then they are summed to hours")
    keep_hour_days: int = Field(default=90, ge=0, description="Days of closed hours, then they are summed to days")
    tidy_every_s: float = Field(default=60.0, gt=0, description="How often what is too old or too large is dropped")
    replays_at_once: int = Field(default=4, ge=1, le=20, description="Replays that run together, at most")


class AnalyticsSettings(ServiceSettings):
    """All settings of the service."""

    health_port: int = Field(
        default=9104, ge=0, le=65535, description="Port of /livez, /readyz, /metrics; 0 is a free one"
    )
    analytics: AnalyticsSection = Field(default=AnalyticsSection(), description="The service's own")
    database: DatabaseSettings = Field(default=DatabaseSettings(), description="PostgreSQL of the event store")
    store: StoreSection = Field(default=StoreSection(), description="Event store")


def read_learning(file: Path) -> LearningParameters:
    """Parameters of preference evolution out of their file.

    Raises:
        ConfigurationError: naming file, line and the reason.

    """
    return read_yaml(LearningParameters, file)


def read_watched(file: Path) -> AnomalyParameters:
    """What is watched for anomalies out of its file.

    Raises:
        ConfigurationError: naming file, line and the reason.

    """
    return read_yaml(AnomalyParameters, file)
