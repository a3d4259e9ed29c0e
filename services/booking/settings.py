"""Settings of the booking service: `LUNA_DATABASE__…` and `LUNA_BOOKING__…` beside what every service has."""

from pydantic import Field

from streamkit.postgres import DatabaseSettings
from streamkit.settings import Section, ServiceSettings


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
