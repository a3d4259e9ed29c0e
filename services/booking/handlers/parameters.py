"""Arguments of the questions that booking answers, checked before anything is done."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.booking.domain.booking import Status
from services.booking.domain.hours import parse_iso

Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\s,]+$")]
"""An id; lists of them are published comma-separated."""


def _moment(text: str) -> str:
    parse_iso(text)
    return text


Moment = Annotated[str, AfterValidator(_moment)]
"""An ISO 8601 time with its zone."""


class Parameters(BaseModel):
    """Arguments of a question; one that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Create(Parameters):
    """Arguments of booking.create."""

    user_id: Name
    venue_id: Name
    party_size: int = Field(ge=1, le=500)
    start_time: Moment
    flexibility_minutes: int = Field(0, ge=0, le=240)
    group_id: Name | None = None
    member_ids: list[Name] | None = Field(None, max_length=100)


class Cancel(Parameters):
    """Arguments of booking.cancel; without a user the booker is meant."""

    booking_id: Name
    user_id: Name | None = None


class Get(Parameters):
    """Arguments of booking.get."""

    booking_id: Name


class Listing(Parameters):
    """Arguments of booking.list."""

    user_id: Name | None = None
    venue_id: Name | None = None
    status: Status | None = None
    limit: int = Field(50, ge=1, le=500)
    cursor: str | None = Field(None, pattern=r"^\d{1,18}_[0-9a-z]{1,32}$")


class Availability(Parameters):
    """Arguments of availability.get."""

    venue_id: Name
    start_time: Moment
    party_size: int = Field(ge=1, le=500)


class AutoBook(Parameters):
    """Arguments of booking.auto_book."""

    venue_id: Name


class GroupAsk(Parameters):
    """Arguments of booking.group; the user organises, the members are asked."""

    user_id: Name
    venue_id: Name
    start_time: Moment
    member_ids: list[Name] = Field(min_length=1, max_length=99)
    deadline: Moment | None = None
    smallest: int | None = Field(None, ge=1, le=100)


class GroupAnswer(Parameters):
    """Arguments of booking.group_answer."""

    group_id: Name
    user_id: Name
    accept: bool


class GroupGet(Parameters):
    """Arguments of booking.group_get."""

    group_id: Name
