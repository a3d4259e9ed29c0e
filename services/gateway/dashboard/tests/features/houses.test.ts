import { describe, expect, it } from "vitest";
import { heldAt, ofHouses, ofTheCity } from "../../src/features/city/houses.ts";
import type { SpecialEvent } from "../../src/features/city/surroundings.ts";

const concert: SpecialEvent = {
  venue_id: null, venue_name: null, name: "Concert", kind: "concert", latitude: 40.7, longitude: -74, radius_km: 1,
  starts_at: "2026-06-05T22:00:00Z", ends_at: "2026-06-06T01:00:00Z", crowd: 5000, phase: "started",
};
const quiz: SpecialEvent = { ...concert, venue_id: "v00002", venue_name: "Nook", name: "Quiz night at Nook", kind: "quiz_night", phase: "scheduled" };
const music: SpecialEvent = { ...quiz, venue_id: "v00003", name: "Live music at Bar", kind: "live_music", starts_at: "2026-06-05T23:00:00Z", phase: "started" };
const early: SpecialEvent = { ...quiz, venue_id: "v00004", name: "Poetry reading at Den", starts_at: "2026-06-05T20:00:00Z" };

describe("events of single venues", () => {
  it("are apart from those of the city, what is on first, then what begins soonest", () => {
    const all = [concert, quiz, music, early];
    expect(ofTheCity(all)).toEqual([concert]);
    expect(ofHouses(all)).toEqual([music, early, quiz]);
  });

  it("are told on the venue's card in the city's time", () => {
    expect(heldAt([concert, quiz], "v00002")).toMatch(/^Quiz night, \d\d:00 to \d\d:00$/);
    expect(heldAt([concert, quiz], "v00003")).toBe("");
  });
});
