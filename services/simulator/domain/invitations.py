"""Inviting friends, answering, and the groups that come of it."""

import numpy as np

from services.simulator.domain.calendar import DAY, HOUR, MINUTE, SECOND
from services.simulator.domain.causes import label
from services.simulator.domain.columns import copied, first_of_each, match, rank_within, selected
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.effects import shifted
from services.simulator.domain.engagements import engaged
from services.simulator.domain.events import Kind
from services.simulator.domain.meals import meal_times
from services.simulator.domain.population import CHURNED, DORMANT
from services.simulator.domain.requests import request_tables
from services.simulator.domain.sessions import spells
from services.simulator.domain.situations import owes_invitation
from services.simulator.domain.state import ACCEPT, DECLINE, EXPIRE, MEMBERS, UNDECIDED
from services.simulator.domain.turn import Turn

_INVITE_STEP = 40
_ANSWER_KINDS = np.array([0, Kind.INVITE_DECLINED, Kind.INVITE_ACCEPTED, Kind.INVITE_EXPIRED], dtype=np.uint8)
_CLOSES_BEFORE = 90 * MINUTE
_CLOSES_LAST = 35 * MINUTE
"""Before a meal that is near; a table is asked for half an hour ahead at the latest."""
_OF_THE_TIME = 0.4
_SOONEST = 2 * HOUR
_SOONEST_EVER = 45 * MINUTE
_WEEK_HOURS = 168
_APART_HOURS = 37
"""Between the ends of the weeks of one person and the next: no divisor of a week."""


def invite_friends(turn: Turn, index: Array) -> None:
    """Open a plan for each organiser and send invitations to some friends."""
    made, columns, town = turn.decisions, turn.state.users, turn.town
    if len(index) == 0:
        return
    users, venues = made.user[index], made.venue[index]
    wanted = np.clip(np.round(columns["group"][users] * turn.effects[-1].party_size), 2, MEMBERS).astype(np.int64)
    when = meal_times(
        turn, users, venues, wanted, np.full(len(users), _INVITE_STEP), within_hours=town.data.world.social.plan_hours
    )
    soonest = max(int(_SOONEST * min(turn.effects[-1].lead_time, 1.0)), _SOONEST_EVER)
    good = (when > turn.start + soonest) & ~engaged(turn, users, when)
    index, users, venues, wanted, when = (a[good] for a in (index, users, venues, wanted, when))
    if len(users) == 0:
        return
    order = town.draws.uniform(
        Purpose.INVITEES, users[:, None], tick=turn.tick, also=[np.arange(columns["friends"].shape[1])[None, :]]
    )
    friends = columns["friends"][users]
    awake = (columns["lifecycle"][friends] < DORMANT) & (friends >= 0)
    rates = town.data.world.social
    about = columns["last_at"][friends] > turn.start - int(rates.about_days * DAY)
    weight = spells(turn)[friends] ** rates.asked_in_spell * free_for_company(turn, friends)
    weight = weight * np.where(about, rates.about_factor, 1.0)
    owed = (friends == columns["invited_by"][users][:, None]) & owes_invitation(turn, users)[:, None]
    order = -np.log(order) / (weight * np.where(owed, rates.owed_factor, 1.0))  # least for the likeliest
    chosen = np.argsort(np.where(awake, order, np.inf), axis=1, kind="stable")[:, : MEMBERS - 1]
    ask = np.minimum(wanted + 1, MEMBERS - 1)
    slot = np.arange(chosen.shape[1])[None, :]
    row, place = np.nonzero((slot < ask[:, None]) & np.take_along_axis(awake, chosen, axis=1))
    _send(turn, index, users, venues, when, row, place, friends[row, chosen[row, place]])


def free_for_company(turn: Turn, who: Array) -> Array:
    """How free people are for company: a factor of each, of any shape, that changes every week, not for all at once."""
    hour = turn.tick * turn.town.config.tick_seconds // 3600
    week = (hour + who * _APART_HOURS % _WEEK_HOURS) // _WEEK_HOURS
    normal = turn.town.draws.normal(Purpose.SPELL, who, step=1, also=[week])
    return np.asarray(np.exp(turn.town.data.world.social.free_log_sd * normal))


def _send(
    turn: Turn, index: Array, users: Array, venues: Array, when: Array, row: Array, place: Array, other: Array
) -> None:
    made, columns, pools = turn.decisions, turn.state.users, turn.state.pools
    invited = np.bincount(row, minlength=len(users))
    time = made.time[index]
    cause = np.where(made.cause[index] > 0, made.cause[index], columns["session_cause"][users])
    patience = int(turn.town.data.world.social.patience_hours * HOUR)
    plan_high, plan_low = turn.ids(Kind.PLAN, users)
    plans = pools["plans"].empty(len(users))
    plans["high"], plans["low"], plans["user"], plans["venue"], plans["when"] = plan_high, plan_low, users, venues, when
    plans["deadline"] = np.minimum(time + patience, _closes(time, when))
    plans["invited"], plans["members"], plans["cause"] = invited, -1, cause
    plans["members"][:, 0] = users
    pools["plans"].add(selected(plans, invited > 0))
    high, low = turn.ids(Kind.INVITE_SENT, users[row], place)
    sent = turn.events.add(Kind.INVITE_SENT, time[row], users[row])
    kept = pools["invites"].empty(len(row))
    for name, values in (
        ("high", high), ("low", low), ("other", other), ("venue", venues[row]), ("when", when[row]),
        ("cause", cause[row]),
    ):  # fmt: skip
        sent[name] = kept[name] = values
    sent["ordinal"], sent["ref_high"], sent["ref_low"] = place, high, low
    sent["from_high"], sent["from_low"] = columns["session_high"][users[row]], columns["session_low"][users[row]]
    sent["size"] = invited[row] + 1
    kept["plan"], kept["user"], kept["sent"] = plan_low[row], users[row], time[row]
    kept["due"] = turn.end
    pools["invites"].add(kept)
    columns.put("intent_venue", users, -1)
    columns.put("invited_by", np.unique(users[row[other == columns["invited_by"][users[row]]]]), -1)


def _closes(sent: Array, when: Array) -> Array:
    """Until when an invitation can be answered: what is soon leaves little time. Shapes (rows,)."""
    before = np.clip((_OF_THE_TIME * (when - sent)).astype(np.int64), _CLOSES_LAST, _CLOSES_BEFORE)
    return np.asarray(when - before)


def decide_answers(turn: Turn) -> None:
    """Invitations of the tick before have arrived: who will answer what, and when."""
    pool = turn.state.pools["invites"]
    fresh = np.flatnonzero((pool.rows["answer"] == UNDECIDED) & (pool.rows["sent"] < turn.start))
    if len(fresh) == 0:
        return
    rows, columns, town = selected(pool.rows, fresh), turn.state.users, turn.town
    rates, who = town.data.world.social, rows["other"]
    key = rows["low"]
    uniform = town.draws.uniform(Purpose.INVITE_ANSWER, key)
    planning = np.zeros(columns.count, dtype=bool)
    planning[pool.rows["user"][pool.rows["sent"] < turn.start]] = True  # of this tick a cause may have made plans
    busy = planning[who]
    accept = rates.accept_share * (0.6 + 0.7 * columns["openness"][who]) * np.where(busy, 0.7, 1.0)
    latency = rates.answer_log_median_seconds * np.exp(
        rates.answer_log_sd * town.draws.normal(Purpose.INVITE_LATENCY, key)
    )
    patience = _patience(turn, rows)
    engagements = engaged(turn, who, rows["when"])
    due = rows["sent"] + (np.minimum(latency, 1e7) * SECOND).astype(np.int64)
    answers = []
    for effects in turn.effects:
        share = shifted(accept, effects.invite_answers)
        answer = np.where(uniform < share, ACCEPT, np.where(uniform < share + rates.decline_share, DECLINE, EXPIRE))
        answer = np.where(engagements & (answer == ACCEPT), DECLINE, answer)
        answers.append(np.where(due > patience, EXPIRE, answer))
    cause = label(answers, turn.causes)
    lost = np.flatnonzero(cause > 0)
    turn.suppress(
        _ANSWER_KINDS[answers[0][lost]], who[lost], np.full(len(lost), turn.start), 32 + rank_within(who[lost]),
        rows["venue"][lost], cause[lost],
    )  # fmt: skip
    answer = answers[-1]
    due = np.where(answer == EXPIRE, patience, due)
    cause = np.where(cause > 0, cause, rows["cause"])
    pool.put_all(fresh, {"cause": cause, "answer": answer, "due": np.maximum(due, turn.start)})


def answer_now(turn: Turn, index: Array) -> None:
    """People who answer in the app do it now, to the oldest invitation that waits for them."""
    pool, made = turn.state.pools["invites"], turn.decisions
    if len(index) == 0 or len(pool) == 0:
        return
    answering = np.zeros(turn.state.users.count, dtype=bool)
    answering[made.user[index]] = True
    waiting = np.flatnonzero(answering[pool.rows["other"]])
    waiting = waiting[(pool.rows["answer"][waiting] != UNDECIDED) & (pool.rows["sent"][waiting] < turn.start)]
    waiting = waiting[pool.rows["due"][waiting] >= turn.end]  # what is due now is answered whatever people do
    first = first_of_each(pool.rows["other"][waiting])
    found = match(pool.rows["other"][waiting[first]], made.user[index])
    index, found = index[found >= 0], found[found >= 0]
    if len(index) == 0:
        return
    rows = waiting[first[found]]
    uniform = turn.town.draws.uniform(Purpose.INVITE_ANSWER, made.user[index], tick=turn.tick)
    answer = pool.rows["answer"][rows]
    late = np.where(uniform < turn.town.data.world.social.late_yes_share, ACCEPT, DECLINE)
    answer = np.where(answer == EXPIRE, late, answer)
    elsewhere = engaged(turn, pool.rows["other"][rows].astype(np.int64), pool.rows["when"][rows])
    answer = np.where(elsewhere & (answer == ACCEPT), DECLINE, answer)
    pool.put_all(rows, {"answer": answer, "due": np.maximum(made.time[index], turn.start)})
    now = np.zeros(len(pool), dtype=bool)
    now[rows] = True
    _answered(turn, pool.take(now))


def settle_invitations(turn: Turn) -> None:
    """Emit answers that are due, and form groups when all have answered or time is up."""
    invites, plans = turn.state.pools["invites"], turn.state.pools["plans"]
    _forgo(turn)
    if len(invites) and (due := _answers_now(turn, invites.rows)).any():
        _answered(turn, invites.take(due))
    if len(plans):
        done = (plans.rows["answered"] >= plans.rows["invited"]) | (plans.rows["deadline"] + 2 * MINUTE < turn.end)
        if done.any():
            _form_groups(turn, plans.take(done))


def _forgo(turn: Turn) -> None:
    """Whoever has left for good answers nobody: what was decided before is not said, and expires in its time."""
    pool = turn.state.pools["invites"]
    said = (pool.rows["answer"] == ACCEPT) | (pool.rows["answer"] == DECLINE)
    index = np.flatnonzero(said & (turn.state.users["lifecycle"][pool.rows["other"]] == CHURNED))
    if len(index):
        until = _patience(turn, selected(pool.rows, index))
        pool.put_all(index, {"answer": EXPIRE, "due": np.maximum(until, turn.start)})


def _patience(turn: Turn, rows: Array) -> Array:
    """Until when invitations can be answered."""
    hours = turn.town.data.world.social.patience_hours
    return np.asarray(np.minimum(rows["sent"] + int(hours * HOUR), _closes(rows["sent"], rows["when"])))


def _answers_now(turn: Turn, rows: Array) -> Array:
    """Which invitations are answered this tick: what is not answered soon is in the app, or at the last moment."""
    rates = turn.town.data.world.social
    soon = rows["due"] - rows["sent"] <= int(rates.at_once_hours * HOUR)
    last = _patience(turn, rows) < turn.end
    in_app = turn.state.users["session_end"][rows["other"]] > 0
    decided = (rows["due"] < turn.end) & (rows["answer"] != UNDECIDED)
    return np.asarray(decided & (soon | last | in_app | (rows["answer"] == EXPIRE)))


def _answered(turn: Turn, rows: Array) -> None:
    """Emit answers to invitations, and book them to their plans."""
    time = np.maximum(rows["due"], np.maximum(turn.start, turn.state.users["session_from"][rows["other"]]))
    out = turn.events.add(_ANSWER_KINDS[rows["answer"]], time, rows["other"])
    out["high"], out["low"] = turn.ids_after(out["kind"], rows["low"])
    for name in ("venue", "when", "cause"):
        out[name] = rows[name]
    out["other"], out["ref_high"], out["ref_low"] = rows["user"], rows["high"], rows["low"]
    out["from_high"], out["from_low"] = rows["high"], rows["low"]
    out["value"] = np.where(rows["answer"] == EXPIRE, 0, np.maximum((time - rows["sent"]) // SECOND, 1))
    _count(turn, rows, out)
    _owe(turn, selected(rows, rows["answer"] == ACCEPT))


def _owe(turn: Turn, rows: Array) -> None:
    """Whoever says yes owes an invitation back, to the last who asked."""
    last = len(rows) - 1 - first_of_each(rows["other"][::-1])
    turn.state.users.put("invited_by", rows["other"][last], rows["user"][last])
    turn.state.users.put("invited_tick", rows["other"][last], turn.tick)


def _count(turn: Turn, rows: Array, out: Array) -> None:
    """Book answers to their plans; a few rows, in order."""
    plans = turn.state.pools["plans"]
    place = match(plans.rows["low"], rows["plan"])
    kept = copied(plans.rows)
    for number, plan in enumerate(place):
        if plan < 0:
            continue
        kept["answered"][plan] += 1
        if rows["answer"][number] == ACCEPT:
            kept["accepted"][plan] += 1
            kept["members"][plan, kept["accepted"][plan]] = rows["other"][number]
            kept["from_high"][plan], kept["from_low"][plan] = out["high"][number], out["low"][number]
            kept["cause"][plan] = out["cause"][number] or kept["cause"][plan]
    plans.rows = kept


def _form_groups(turn: Turn, plans: Array) -> None:
    """A group of whoever accepted: it books where that is possible, and just goes where it is not.

    Nothing comes of the plans of who has left for good.
    """
    plans = selected(plans, (plans["accepted"] > 0) & (turn.state.users["lifecycle"][plans["user"]] != CHURNED))
    if len(plans) == 0:
        return
    users, size = plans["user"], plans["accepted"].astype(np.int64) + 1
    time = np.full(len(plans), turn.end - 2)
    high, low = turn.ids(Kind.GROUP_FORMED, users)
    out = turn.events.add(Kind.GROUP_FORMED, time, users)
    for name in ("venue", "when", "cause", "from_high", "from_low"):
        out[name] = plans[name]
    out["high"], out["low"], out["ref_high"], out["ref_low"], out["size"] = high, low, high, low, size
    for row, party in enumerate(plans["members"]):
        turn.members[int(low[row])] = ",".join(f"u{number:07d}" for number in party[party >= 0])
    venues = turn.state.venues
    table = venues["takes_bookings"][plans["venue"]]
    request_tables(
        turn, time[table] + 1, users[table], plans["venue"][table], size[table], plans["when"][table],
        plans["members"][table], (high[table], low[table]), plans["cause"][table], (high[table], low[table]), ordinal=9,
    )  # fmt: skip
    who, place = np.nonzero((plans["members"] >= 0) & ~table[:, None])
    arrivals = turn.state.pools["arrivals"].empty(len(who))
    late = turn.town.draws.uniform(Purpose.ARRIVAL, plans["members"][who, place], tick=turn.tick)
    arrivals["time"] = plans["when"][who] + (late * 10 * MINUTE).astype(np.int64)
    arrivals["until"] = plans["when"][who] + 30 * MINUTE
    arrivals["user"], arrivals["venue"], arrivals["size"] = plans["members"][who, place], plans["venue"][who], size[who]
    arrivals["from_high"], arrivals["from_low"], arrivals["cause"] = high[who], low[who], plans["cause"][who]
    turn.state.pools["arrivals"].add(arrivals)
