import { describe, expect, it } from "vitest";
import generated from "../../src/generated/events.ts?raw";
import { familyOf } from "../../src/lib/families.ts";
import { TELLERS, plainSentence } from "../../src/lib/sentences/index.ts";
import type { EventType } from "../../src/lib/types.ts";
import { anEvent } from "../stage.ts";

const TYPES = [...generated.matchAll(/^ {2}\| "([a-z_]+\.[a-z_]+)"/gm)].map(([, type]) => type as EventType);

describe("sentences", () => {
  it("finds the event types of the contracts", () => {
    expect(TYPES.length).toBeGreaterThan(60);
    expect(new Set(TYPES)).toEqual(new Set(Object.keys(TELLERS)));
  });

  it.each(TYPES)("tells %s in words, with every column and with none", (event_type) => {
    const bare = anEvent({ event_type, user_name: undefined, venue_name: undefined, user_id: undefined, venue_id: undefined });
    const full = anEvent({ event_type, other_user_name: "Noah Chen", party_size: 4, reason: "no_table", start_time: "2026-06-06T00:15:00Z", rating: 5 });
    for (const event of [bare, full]) {
      const words = plainSentence(event);
      expect(words.length).toBeGreaterThan(5);
      expect(words).not.toMatch(/undefined|NaN|null|Invalid/);
      expect(words).not.toMatch(/\bu\d{7}\b|\bv\d{5}\b/);
    }
  });

  it("says a booking as people do", () => {
    const event = anEvent({ topic: "bookings", event_type: "booking.confirmed", party_size: 4, start_time: "2026-06-06T00:15:00.000000Z" });
    expect(plainSentence(event)).toBe("Ada Reyes booked a table for 4 at Bar Luce, 20:15");
  });

  it("names the day of another day", () => {
    const event = anEvent({ topic: "bookings", event_type: "booking.confirmed", party_size: 2, start_time: "2026-06-07T23:00:00.000000Z" });
    expect(plainSentence(event)).toContain("Sunday 19:00");
  });

  it.each([
    ["backfill", "The city is living its past"],
    ["running", "The city is alive"],
    ["paused", "The city is paused"],
    [undefined, "The city is changing"],
  ])("says what the city does in the phase %s", (phase, said) => {
    expect(plainSentence(anEvent({ topic: "simulation_control", event_type: "state.changed", phase }))).toBe(said);
  });

  it("says that the city travels where it does, instead of what it lives", () => {
    const reason = "travelling to 2024-06-09T12:00:00Z";
    expect(plainSentence(anEvent({ topic: "simulation_control", event_type: "state.changed", phase: "backfill", reason }))).toBe("The city is travelling");
  });

  it("falls back on ids where no name is known", () => {
    expect(plainSentence(anEvent({ user_name: undefined }))).toBe("u0000123 looked at Bar Luce");
  });

  it("tells a type it does not know by its name", () => {
    expect(plainSentence(anEvent({ event_type: "moon.landed" as EventType }))).toBe("moon.landed");
  });

  it("puts what happens at a table into its own family", () => {
    expect(familyOf(anEvent({ event_type: "visit.started" }))).toBe("dining");
    expect(familyOf(anEvent({ event_type: "review.submitted" }))).toBe("review");
    expect(familyOf(anEvent())).toBe("browsing");
  });
});
