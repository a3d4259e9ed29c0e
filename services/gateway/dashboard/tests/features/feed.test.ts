import { describe, expect, it } from "vitest";
import { FIRST_FILTER, newest, passes, toggled, typesIn } from "../../src/lib/filters.ts";
import { Ring } from "../../src/lib/ring.ts";
import type { CityEvent } from "../../src/lib/types.ts";
import { anEvent } from "../stage.ts";

const booking = () => anEvent({ topic: "bookings", event_type: "booking.requested", user_name: "Noah Chen", user_id: "u0000777", party_size: 2 });

function ringOf(...events: CityEvent[]): Ring<CityEvent> {
  const ring = new Ring<CityEvent>(50);
  events.forEach((event) => ring.push(event));
  return ring;
}

describe("feed filters", () => {
  it("shows only the channels that are on", () => {
    const filter = { ...FIRST_FILTER, channels: toggled(FIRST_FILTER.channels, "bookings") };
    expect(passes(booking(), filter)).toBe(false);
    expect(passes(anEvent(), filter)).toBe(true);
    expect(passes(booking(), { ...filter, channels: toggled(filter.channels, "bookings") })).toBe(true);
  });

  it("finds names, words, types and ids, whatever their case", () => {
    for (const text of ["ADA", "bar luce", "looked at", "venue.viewed", "u0000123", "  luce "]) {
      expect(passes(anEvent(), { ...FIRST_FILTER, text })).toBe(true);
    }
    expect(passes(anEvent(), { ...FIRST_FILTER, text: "Noah" })).toBe(false);
  });

  it("shows one event type when asked", () => {
    expect(passes(booking(), { ...FIRST_FILTER, eventType: "venue.viewed" })).toBe(false);
    expect(passes(anEvent(), { ...FIRST_FILTER, eventType: "venue.viewed" })).toBe(true);
  });

  it("leaves out the types that would drown the others", () => {
    expect(passes(anEvent(), { ...FIRST_FILTER, without: new Set(["venue.viewed"]) })).toBe(false);
    expect(passes(booking(), { ...FIRST_FILTER, without: new Set(["venue.viewed"]) })).toBe(true);
  });

  it("gives the newest first and no more than asked", () => {
    const events = [anEvent(), anEvent(), booking(), anEvent()];
    const found = newest(ringOf(...events), FIRST_FILTER, 2);
    expect(found).toEqual([events[3], events[2]]);
  });

  it("lists the event types of the channels that are on", () => {
    expect(typesIn(ringOf(anEvent(), booking(), anEvent()), new Set(["bookings"]))).toEqual(["booking.requested"]);
  });
});
