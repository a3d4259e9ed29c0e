"""Settings of the recommender: `LUNA_RECOMMENDER__…` beside what every service has."""

from pathlib import Path

from pydantic import Field

from services.recommender.data_files import WEIGHTS
from streamkit.settings import KafkaSettings, Section, ServiceSettings


class RecommenderSettings(Section):
    """What only the recommender has."""

    group: str = Field(default="recommender", min_length=1, description="Consumer group")
    weights: Path = Field(default=WEIGHTS, description="YAML file of the scoring weights")
    rerank: bool = Field(default=True, description="Whether the online model learns and re-ranks")
    snapshots: Path = Field(
        default=Path("recommender-snapshots"), description="Directory of saved states, below LUNA_DATA_DIR if relative"
    )


class Settings(ServiceSettings):
    """All settings of the service."""

    # somebody waits for each answer, and a batch of few records is soon folded: little is gathered at either end
    kafka: KafkaSettings = Field(default=KafkaSettings(gather_ms=3, linger_ms=1), description="Broker")
    recommender: RecommenderSettings = Field(default=RecommenderSettings(), description="Recommender")
    health_port: int = Field(
        default=9102, ge=0, le=65535, description="Port of /livez, /readyz and /metrics; 0 takes a free one"
    )
