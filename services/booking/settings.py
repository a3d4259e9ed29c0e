"""Settings of the booking service: `LUNA_DATABASE__…` and `LUNA_BOOKING__…` beside what every service has."""

from pydantic import Field, SecretStr

from streamkit.settings import Section, ServiceSettings


class DatabaseSettings(Section):
    """How to reach PostgreSQL; schema `booking` is ours."""

    url: SecretStr = Field(
        default=SecretStr("postgresql+psycopg://luna@127.0.0.1:5432/luna"),
        description="SQLAlchemy URL of PostgreSQL (psycopg)",
    )
    pool_size: int = Field(default=4, ge=2, le=50, description="Connections of one process, at most")
    pool_wait_s: float = Field(default=10.0, gt=0, description="How long to wait for a free connection")
    migrate: bool = Field(default=True, description="Bring the tables up to date at start; refuse to start if off")


class BookingSettings(Section):
    """What only booking has."""

    group: str = Field(default="booking", min_length=1, description="Consumer group")
    fail_point: str = Field(
        default="", description="Tests only: die by SIGKILL at `point` or, the nth time, at `point:n`"
    )


class Settings(ServiceSettings):
    """All settings of the service."""

    database: DatabaseSettings = Field(default=DatabaseSettings(), description="PostgreSQL")
    booking: BookingSettings = Field(default=BookingSettings(), description="Booking")
    health_port: int = Field(
        default=9103, ge=0, le=65535, description="Port of /livez, /readyz and /metrics; 0 takes a free one"
    )
