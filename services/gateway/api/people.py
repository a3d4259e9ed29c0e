"""People: who lives in the city, what they like, whom they know."""

from collections.abc import Mapping
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Query

from services.gateway.api.answers import people as told
from services.gateway.api.context import Context, InContext, Json, UserId, answers
from services.gateway.api.paging import Cursor, Search, Value, matching, page_of
from services.gateway.api.problems import not_found

_LISTED = (
    "user_id",
    "name",
    "username",
    "avatar_url",
    "persona",
    "is_simulated",
    "lifecycle",
    "registered_at",
    "borough",
    "home_latitude",
    "home_longitude",
    "price_tier",
    "openness",
    "group_size",
    "dietary",
)
_DETAIL = (*_LISTED, "email", "work_latitude", "work_longitude", "friend_ids")
_TASTE = "taste_"

router = APIRouter(tags=["people"])


@router.get("/users", responses=answers(told.Users, told.USERS))
async def list_users(
    context: InContext,
    query: Search = None,
    persona: Value = None,
    borough: Value = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    cursor: Cursor = None,
) -> Json:
    """People by id."""
    frame = context.ledger.city.users.frame()
    if frame is None:
        return Json({"users": [], "next_cursor": None, "total": 0})
    found = matching(frame, query, persona=persona, borough=borough)
    page, after = page_of(found, "user_id", limit, cursor)
    listed = context.records.table("users", page.select(*_LISTED, _friend_count()))
    return Json(
        {"users": [_with_avatar(row) for row in listed.to_dicts()], "next_cursor": after, "total": found.height}
    )


@router.get("/users/personas", responses=answers(told.Personas, told.PERSONAS))
async def list_personas(context: InContext) -> Json:
    """Ids of everyone by persona: for who counts by it, and needs all of them at once."""
    frame = context.ledger.city.users.frame()
    if frame is None:
        return Json({"personas": {}})
    by_persona = frame.group_by("persona").agg(pl.col("user_id").sort()).sort("persona")
    return Json({"personas": dict(by_persona.iter_rows())})


@router.get("/users/{user_id}", responses=answers(told.UserDetail, told.DETAIL, 404))
async def get_user(user_id: UserId, context: InContext) -> Json:
    """One person, with friends and tastes."""
    row = known_user(context, user_id)
    person = context.records.row("users", {name: row[name] for name in _DETAIL})
    person["friend_ids"] = friends_of(row)
    tastes = context.ledger.city.preferences.get(user_id)
    return Json(
        {
            **_with_avatar(person),
            "friend_count": len(person["friend_ids"]),
            "preferences": None if tastes is None else _preferences(tastes),
        }
    )


@router.get("/users/{user_id}/friends", responses=answers(told.Friends, told.FRIENDS, 404))
async def get_friends(user_id: UserId, context: InContext) -> Json:
    """Friends of one person."""
    users = context.ledger.city.users
    friends = []
    for friend_id in friends_of(known_user(context, user_id)):
        friend = users.get(friend_id)
        friends.append(
            {"user_id": friend_id, "name": users.names.get(friend_id), "persona": friend["persona"] if friend else None}
        )
    return Json({"user_id": user_id, "friends": friends})


@router.get("/social/graph", responses=answers(told.SocialGraph, told.GRAPH, 404))
async def get_social_graph(
    context: InContext,
    limit: Annotated[int, Query(ge=1, le=2000)] = 200,
    user_id: Annotated[str | None, Query(pattern=r"^u\d{7}$")] = None,
) -> Json:
    """The best-connected people, or one person's friends, the friendships among them, and dealings along each."""
    frame = context.ledger.city.users.frame()
    if frame is None:
        return Json({"nodes": [], "edges": [], "interactions": []})
    people = frame.select("user_id", "name", "persona", "borough", "friend_ids", _friend_count())
    if user_id is not None:
        circle = [user_id, *friends_of(known_user(context, user_id))]
        people = people.filter(pl.col("user_id").is_in(circle))
    people = people.sort("friend_count", "user_id", descending=[True, False]).head(limit)
    edges = (
        people.select("user_id", pl.col("friend_ids").str.split(",").alias("friend"))
        .explode("friend", empty_as_null=True, keep_nulls=True)
        .filter(pl.col("friend").is_in(people["user_id"].to_list()) & (pl.col("user_id") < pl.col("friend")))
    )
    ties, pairs = context.ledger.city.ties, [list(edge) for edge in edges.iter_rows()]
    dealings = [ties.between(one, other) for one, other in pairs]
    return Json({"nodes": people.drop("friend_ids").to_dicts(), "edges": pairs, "interactions": dealings})


def known_user(context: Context, user_id: str) -> Mapping[str, Any]:
    """Row of a person, or a 404."""
    row = context.ledger.city.users.get(user_id)
    if row is None:
        raise not_found(f"user {user_id}")
    return row


def friends_of(row: Mapping[str, Any]) -> list[str]:
    """Ids of a person's friends."""
    return [friend for friend in (row["friend_ids"] or "").split(",") if friend]


def _friend_count() -> pl.Expr:
    ids = pl.col("friend_ids")
    filled = ids.is_not_null() & (ids != "")
    return pl.when(filled).then(ids.str.count_matches(",", literal=True) + 1).otherwise(0).alias("friend_count")


def _with_avatar(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "avatar_url": row["avatar_url"] or f"/avatars/{row['user_id']}.svg"}


def _preferences(row: Mapping[str, Any]) -> dict[str, Any]:
    tastes = {name.removeprefix(_TASTE): round(value, 4) for name, value in row.items() if name.startswith(_TASTE)}
    shift = row["shift"]
    return {
        "tastes": tastes,
        "price_tier": round(row["price_tier"], 3),
        "outdoor": round(row["outdoor"], 3),
        "version": row["version"],
        "reason": row["reason"],
        "shift": None if shift is None else round(shift, 5),
    }
