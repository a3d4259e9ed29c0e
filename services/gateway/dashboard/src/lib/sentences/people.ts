/** What people do, alone and together, in words. */
import type { SocialInteractionsEventType, UserActionsEventType } from "../../generated/events.ts";
import { counted, duration } from "../format.ts";
import { money } from "../money.ts";
import { at, comma, other, where, who, type Tellers } from "./words.ts";

export const ACTIONS: Tellers<UserActionsEventType> = {
  "user.registered": (e) => [who(e), " joined the city"],
  "profile.completed": (e) => [who(e), " completed a profile"],
  "session.started": (e) => [who(e), " opened the app"],
  "session.ended": (e) => [who(e), ` closed the app${e.duration_seconds === undefined ? "" : ` after ${duration(e.duration_seconds)}`}`],
  "venue.browsed": (e) => [who(e), " is looking around for a place"],
  "venue.viewed": (e) => [who(e), " looked at ", where(e)],
  "search.performed": (e) => [who(e), ` searched for “${e.query ?? "something"}”`],
  "venue.saved": (e) => [who(e), " saved ", where(e)],
  "venue.liked": (e) => [who(e), " liked ", where(e)],
  "friends.checked": (e) => [who(e), " checked what friends are up to"],
  "interest.expressed": (e) => [who(e), " would like to go to ", where(e), comma(at(e.preferred_time, e))],
  "recommendation.accepted": (e) => [who(e), " took the suggestion ", e.venue_id === undefined ? "made earlier" : where(e)],
  "recommendation.ignored": (e) => [who(e), " passed over a suggestion"],
  "visit.started": (e) => [who(e), " sat down at ", where(e), e.party_size === undefined || e.party_size < 2 ? "" : `, party of ${e.party_size}`],
  "visit.ended": (e) => [who(e), " left ", where(e), e.spend_minor === undefined ? "" : ` after spending ${money(e.spend_minor)}`],
  "review.submitted": (e) => [who(e), ` gave ${counted(e.rating ?? 0, "star", "stars")} to `, where(e)],
  "user.became_regular": (e) => [who(e), " is a regular by now"],
  "routine.formed": (e) => [who(e), " goes to ", where(e), " again and again"],
  "user.dormant": (e) => [who(e), " has not been seen for a while"],
  "user.returned": (e) => [who(e), " came back"],
  "user.churned": (e) => [who(e), " left for good"],
};

export const SOCIAL: Tellers<SocialInteractionsEventType> = {
  "friend.requested": (e) => [who(e), " asked ", other(e), " to be friends"],
  "friend.accepted": (e) => [who(e), " and ", other(e), " are friends now"],
  "invite.sent": (e) => [who(e), " invited ", other(e), " to ", where(e), comma(at(e.planned_time, e))],
  "invite.accepted": (e) => [who(e), " said yes to ", other(e), e.venue_id === undefined ? "" : " for ", e.venue_id === undefined ? "" : where(e)],
  "invite.declined": (e) => [who(e), " turned ", other(e), " down"],
  "invite.expired": (e) => [who(e), "’s invitation to ", other(e), " ran out"],
  "group.formed": (e) => [who(e), ` gathered ${counted(e.party_size ?? 2, "person", "people")} for `, where(e), comma(at(e.planned_time, e))],
  "group.disbanded": (e) => [who(e), "’s group broke up"],
};
