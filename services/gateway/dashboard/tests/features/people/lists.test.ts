import { describe, expect, it } from "vitest";
import { decisionOf, merged } from "../../../src/features/people/decisions.ts";
import { newestPairs, pairingOf } from "../../../src/features/people/matches.ts";
import { anEvent } from "../../stage.ts";

const confirmed = (columns: object) => anEvent({ topic: "bookings", event_type: "booking.confirmed", created_by: "user", ...columns });

describe("decisions of the booking agent", () => {
  it("are tables for groups and by agents, and whatever went against a wish", () => {
    expect(decisionOf(confirmed({}))).toBeNull();
    expect(decisionOf(confirmed({ group_id: "g", member_ids: "u1,u2" }))).toMatchObject({ automatic: true, members: ["u1", "u2"], verdict: "booked" });
    expect(decisionOf(confirmed({ created_by: "auto_book" }))?.automatic).toBe(true);
    expect(decisionOf(anEvent({ topic: "bookings", event_type: "booking.declined", created_by: "user" }))).toMatchObject({ automatic: false, verdict: "declined" });
  });

  it("stand newest first, each once", () => {
    const old = confirmed({ group_id: "g", simulation_time: "2026-06-05T20:00:00.000000Z" });
    const fresh = confirmed({ group_id: "h", simulation_time: "2026-06-05T21:00:00.000000Z" });
    const known = merged([], [old], 9);
    expect(merged(known, [old, fresh], 9).map(({ event }) => event)).toEqual([fresh, old]);
    expect(merged(known, [anEvent()], 9)).toBe(known);
  });
});

describe("matches", () => {
  const calculated = anEvent({ topic: "recommendations", event_type: "compatibility.calculated", user_id: "u1", other_user_id: "u2", score: 0.7, venue_id: undefined });
  const proposed = { ...calculated, event_id: "p", event_type: "recommendation.generated" as const, item_kind: "person", reason_1: "4 friends in common" };

  it("are proposed people, not proposed places", () => {
    expect(pairingOf(proposed)?.score).toBe(0.7);
    expect(pairingOf({ ...proposed, item_kind: "venue" })).toBeNull();
  });

  it("tell a pair once whichever way round, with its reasons kept", () => {
    const back = { ...calculated, event_id: "b", user_id: "u2", other_user_id: "u1", simulation_time: "2026-06-05T23:00:00.000000Z" };
    const pairs = newestPairs([], [proposed, back], 9);
    expect(pairs).toHaveLength(1);
    expect(pairs[0]).toMatchObject({ reason_1: "4 friends in common", at: back.simulation_time });
  });
});
