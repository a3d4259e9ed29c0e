/** Bookings, suggestions, tastes and milestones in words. */
import type {
  BookingsEventType,
  JourneysEventType,
  PreferencesEventType,
  RecommendationsEventType,
} from "../../generated/events.ts";
import { plain } from "../format.ts";
import { reasonWords } from "../money.ts";
import { at, because, comma, named, other, party, where, who, type Tellers } from "./words.ts";

export const BOOKINGS: Tellers<BookingsEventType> = {
  "booking.requested": (e) => [who(e), ` asked for ${party(e)} at `, where(e), comma(at(e.start_time, e))],
  "booking.cancel_requested": (e) => [who(e), " wants to cancel at ", where(e)],
  "booking.waitlisted": (e) => [who(e), ` waits for ${party(e)} at `, where(e), comma(at(e.start_time, e))],
  "booking.confirmed": (e) => [who(e), ` booked ${party(e)} at `, where(e), comma(at(e.start_time, e))],
  "booking.moved": (e) => [who(e), "’s table at ", where(e), ` is now number ${e.tables ?? "another"}`, because(e.reason)],
  "booking.declined": (e) => [where(e), ` has no ${e.party_size === undefined ? "table" : `table for ${e.party_size}`} for `, who(e), because(e.reason)],
  "booking.expired": (e) => [who(e), "’s request at ", where(e), " ran out", because(e.reason)],
  "booking.cancelled": (e) => [who(e), " cancelled at ", where(e), because(e.reason)],
  "booking.seated": (e) => [who(e), " was seated at ", where(e)],
  "booking.completed": (e) => [who(e), " finished at ", where(e)],
  "booking.no_show": (e) => [who(e), " never came to ", where(e)],
};

export const RECOMMENDATIONS: Tellers<RecommendationsEventType> = {
  "recommendation.generated": (e) => [
    e.venue_id === undefined && e.other_user_id !== undefined ? other(e) : where(e),
    " suggested to ",
    who(e),
    e.reason_1 === undefined ? "" : `: ${reasonWords(e.reason_1)}`,
  ],
  "compatibility.calculated": (e) => [who(e), " and ", other(e), ` match ${Math.round((e.score ?? 0) * 100)} %`],
};

export const PREFERENCES: Tellers<PreferencesEventType> = {
  "preference.updated": (e) => [who(e), "’s tastes moved", e.reason === undefined ? "" : ` after a ${plain(e.reason)}`],
};

export const JOURNEYS: Tellers<JourneysEventType> = {
  "milestone.reached": (e) => [who(e), " reached ", named(e.milestone === undefined ? undefined : plain(e.milestone), "a milestone")],
  "funnel.stage_changed": (e) => [who(e), " moved on to ", named(e.stage === undefined ? undefined : plain(e.stage), "a new stage")],
};
