"""Group bookings: ask the members, hold a table meanwhile, book for who comes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from services.booking.desk import Desk
from services.booking.domain.booking import Origin
from services.booking.domain.decide import Reason, offer, other_times, refusal
from services.booking.domain.group import Group, GroupStatus
from services.booking.domain.hours import iso, parse_iso
from services.booking.domain.policy import MINUTE_US
from services.booking.events import Trigger
from services.booking.handlers.answers import reply
from services.booking.handlers.holds import CREATED_BY, hold_of, release_hold, request_of
from services.booking.handlers.parameters import GroupAnswer, GroupAsk, GroupGet
from services.booking.handlers.rows import Row, fresh_rows, rows_of
from services.booking.words import group_off, hold_ended, invitation
from streamkit.frames import of_type

ANSWERS = {"invite.accepted": True, "invite.declined": False}
AT_ONCE = 1_000
"""Group timers fired in one batch; the rest follows with the next."""


def ask_group(desk: Desk, row: Row, request_id: str, parameters: Mapping[str, object]) -> None:
    """booking.group: hold a table for all, and ask each member."""
    asked = GroupAsk.model_validate(parameters)
    venue = desk.venues.get(asked.venue_id)
    if venue is None:
        reply(desk, request_id, row.trigger, "not_found", f"venue {asked.venue_id} is unknown")
        return
    group = _group(desk, row, asked)
    if group.deadline_us <= row.trigger.time_us:
        reply(desk, request_id, row.trigger, "rejected", "deadline: too late for anybody to answer before the start")
        return
    request = request_of(group, len(group.invited) + 1)
    reason = refusal(request, venue, desk.rulebook)
    option = None
    if reason is None:
        desk.open_floors([request.venue_id], [request.start_us])
        option = offer(request, venue, desk.floors[venue.venue_id], group.start_us, desk.rulebook)
    if option is None:
        offers = other_times(request, venue, desk.floors[venue.venue_id], desk.rulebook) if reason is None else ()
        payload = {"venue_id": venue.venue_id, "alternatives": list(offers)}
        reply(desk, request_id, row.trigger, "rejected", reason or Reason.NO_TABLE, payload)
        return
    held = replace(group, tables=option.tables, duration_minutes=desk.rulebook.policy.dwell(request.party_size))
    desk.take(hold_of(held))
    desk.state.put_groups(desk.scope, [held])
    for member in held.invited:
        desk.tell_user(row.trigger, member, held.group_id, invitation(held, venue), "asked")
    reply(desk, request_id, row.trigger, "ok", None, describe_group(held))


def _group(desk: Desk, row: Row, asked: GroupAsk) -> Group:
    """The group as asked for: its deadline within what the policy allows, its hold no longer than that."""
    policy, trigger = desk.rulebook.policy.groups, row.trigger
    start_us = parse_iso(asked.start_time)
    latest = min(start_us - policy.answer_before * MINUTE_US, trigger.time_us + policy.answer_longest * MINUTE_US)
    deadline = min(parse_iso(asked.deadline), latest) if asked.deadline else latest
    return Group(
        trigger.event_id,
        asked.venue_id,
        asked.user_id,
        start_us,
        tuple(dict.fromkeys(name for name in asked.member_ids if name != asked.user_id)),
        asked.smallest or policy.smallest,
        deadline,
        trigger.time_us + policy.hold_longest * MINUTE_US,
        trigger.time_us,
        Origin(trigger.world, trigger.city, trigger.cause_id),
    )


def answer_group(desk: Desk, row: Row, request_id: str, parameters: Mapping[str, object]) -> None:
    """booking.group_answer: a member says yes or no; the organiser's no calls the whole group off."""
    asked = GroupAnswer.model_validate(parameters)
    group = desk.state.groups(desk.scope, [asked.group_id]).get(asked.group_id)
    if group is None:
        reply(desk, request_id, row.trigger, "not_found", f"group {asked.group_id} is unknown")
        return
    if group.status is not GroupStatus.COLLECTING:
        reply(desk, request_id, row.trigger, "rejected", f"the group is {group.status.value}")
        return
    load_refills(desk, [group])
    if asked.user_id == group.user_id:
        changed = group if asked.accept else call_off(desk, group, row.trigger, Reason.BY_USER)
    elif asked.user_id in group.invited:
        changed = settle(desk, group.answered(asked.user_id, yes=asked.accept), row.trigger)
    else:
        reply(desk, request_id, row.trigger, "rejected", f"{asked.user_id} was not asked")
        return
    desk.state.put_groups(desk.scope, [changed])
    reply(desk, request_id, row.trigger, "ok", None, describe_group(changed))


def get_group(desk: Desk, row: Row, request_id: str, parameters: Mapping[str, object]) -> None:
    """booking.group_get: who has answered what, and what became of it."""
    asked = GroupGet.model_validate(parameters)
    group = desk.state.groups(desk.scope, [asked.group_id]).get(asked.group_id)
    if group is None:
        reply(desk, request_id, row.trigger, "not_found", f"group {asked.group_id} is unknown")
    else:
        reply(desk, request_id, row.trigger, "ok", None, describe_group(group))


def on_social_interactions(desk: Desk, frame: pl.DataFrame) -> None:
    """A member who answers the organiser's invitation in the city to the same house and time has answered the group."""
    columns = ("other_user_id", "venue_id", "planned_time")
    rows = list(rows_of(of_type(frame, *ANSWERS), columns))
    open_groups = desk.state.groups_of(desk.scope, [str(row.columns["other_user_id"]) for row in rows]) if rows else []
    if not open_groups:
        return
    load_refills(desk, open_groups)
    known = {group.group_id: group for group in open_groups}
    for row in fresh_rows(desk, rows):
        for group in known.values():
            if _meant(desk, group, row):
                answered = group.answered(row.user_id or "", yes=ANSWERS[row.event_type])
                known[group.group_id] = settle(desk, answered, row.trigger)
    desk.state.put_groups(desk.scope, list(known.values()))


def _meant(desk: Desk, group: Group, row: Row) -> bool:
    slack = desk.rulebook.policy.groups.invite_slack * MINUTE_US
    return (
        group.status is GroupStatus.COLLECTING
        and row.text("other_user_id") == group.user_id
        and row.text("venue_id") == group.venue_id
        and abs(row.number("planned_time") - group.start_us) <= slack
    )


def fire_groups(desk: Desk, due: Sequence[Group], time_us: int) -> None:
    """Holds and deadlines that have ended by a moment."""
    load_refills(desk, due)
    changed: list[Group] = []
    for group in due:
        # the id follows from the group, not from the tick that happened to be seen first
        trigger = Trigger(group.group_id, time_us, group.origin.world, group.origin.city, group.origin.cause_id)
        if group.deadline_us <= time_us:
            changed.append(settle(desk, group, trigger, closing=True))
        else:
            changed.append(_end_hold(desk, group, trigger))
    desk.state.put_groups(desk.scope, changed)


def _end_hold(desk: Desk, group: Group, trigger: Trigger) -> Group:
    release_hold(desk, group)
    desk.refill(group.venue_id, trigger)
    text = hold_ended(group, desk.venues.get(group.venue_id))
    desk.tell_user(trigger, group.user_id, group.group_id, text, "hold_ended")
    return replace(group, tables=())


def settle(desk: Desk, group: Group, trigger: Trigger, *, closing: bool = False) -> Group:
    """Once all have answered or time is up: request a table for who comes, or call it off where they are too few."""
    if group.status is not GroupStatus.COLLECTING or not (group.complete or closing):
        return group
    if len(group.coming) < group.smallest:
        return call_off(desk, group, trigger, Reason.TOO_FEW)
    columns: dict[str, object] = {
        "user_id": group.user_id,
        "venue_id": group.venue_id,
        "party_size": len(group.coming),
        "start_time": group.start_us,
        "group_id": group.group_id,
        "member_ids": ",".join(group.coming),
        "created_by": CREATED_BY,
    }
    booking_id = desk.records.add("bookings", "booking.requested", trigger, columns, about=f"{group.group_id}/table")
    desk.records.rows["bookings"][-1]["booking_id"] = booking_id
    return group.to(GroupStatus.BOOKING, booking_id=booking_id)


def call_off(desk: Desk, group: Group, trigger: Trigger, reason: Reason) -> Group:
    """Free the held table and tell everybody who was to come."""
    release_hold(desk, group)
    desk.refill(group.venue_id, trigger)
    off = replace(group.to(GroupStatus.DECLINED, reason=reason.value), tables=())
    for member in group.coming:
        desk.tell_user(trigger, member, group.group_id, group_off(off, desk.venues.get(group.venue_id)), "off")
    return off


def load_refills(desk: Desk, groups: Iterable[Group]) -> None:
    """Read who waits at the houses of groups whose tables may become free."""
    desk.load([], [], {group.venue_id for group in groups})


def describe_group(group: Group) -> dict[str, object]:
    """A group as the answer to a question."""
    return {
        "group_id": group.group_id,
        "venue_id": group.venue_id,
        "user_id": group.user_id,
        "start_time": iso(group.start_us),
        "status": group.status.value,
        "invited": list(group.invited),
        "accepted": list(group.accepted),
        "declined": list(group.declined),
        "smallest": group.smallest,
        "deadline": iso(group.deadline_us),
        "held_tables": list(group.tables),
        "held_until": iso(group.hold_until_us) if group.tables else None,
        "booking_id": group.booking_id,
        "reason": group.reason,
    }
