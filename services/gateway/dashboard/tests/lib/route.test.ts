import { beforeEach, describe, expect, it } from "vitest";
import { go, hashOf, parseHash, refine, route } from "../../src/lib/route.ts";

beforeEach(() => go("city"));

describe("addresses", () => {
  it("come back as they were written, whatever they hold", () => {
    const query = { find: "Zoë & co?", range: "24h" };
    expect(parseHash(hashOf("people", ["u0000123", "a/b %"], query))).toEqual({ view: "people", rest: ["u0000123", "a/b %"], query });
  });

  it("lead home when they say nothing, and survive nonsense", () => {
    expect(parseHash("").view).toBe("city");
    expect(parseHash("#").view).toBe("city");
    expect(parseHash("#/people/%E0%A4%A")).toMatchObject({ view: "people", rest: ["%E0%A4%A"] });
  });

  it("keep other filters when one changes, and drop one that is taken out", () => {
    go("events", [], { channel: "bookings", type: "booking.confirmed" });
    refine({ type: null, user: "u0000001" });
    expect(route.latest()).toMatchObject({ view: "events", query: { channel: "bookings", user: "u0000001" } });
    expect(window.location.hash).toBe("#/events?channel=bookings&user=u0000001");
  });

  it("change without a step in the history when a filter changes", () => {
    const steps = window.history.length;
    refine({ window: 30 });
    expect(window.history.length).toBe(steps);
  });
});
