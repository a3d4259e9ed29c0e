import { describe, expect, it } from "vitest";
import { SPEEDS, nextPlace, placeOf } from "../../src/components/controls/speeds.ts";
import { ACTIONS, faultOf, mixed, observed } from "../../src/features/control/mix.ts";
import { TRIGGERS, missing, triggerOf, type TriggerKind } from "../../src/features/control/triggers.ts";
import { orderOf } from "../../src/lib/commands.ts";
import type { Venue } from "../../src/lib/types.ts";

const seen = { user_actions: { "venue.browsed": 60, "venue.viewed": 20 }, bookings: { "booking.requested": 20, "booking.confirmed": 900 } };

function mixSeen() {
  const mix = observed(seen);
  if (mix === null) {
    throw new Error("nothing was seen");
  }
  return mix;
}

describe("behaviour", () => {
  it("reads shares of actions from what people did, not from what services answered", () => {
    expect(mixSeen()).toMatchObject({ browse: 0.6, view: 0.2, book: 0.2, invite: 0 });
    expect(observed({})).toBeNull();
  });

  it("holds what is ordered and keeps the proportions of the rest", () => {
    const after = mixed(mixSeen(), { book: 0.6 });
    expect(after.book).toBe(0.6);
    expect(after.browse / after.view).toBeCloseTo(3);
    expect(ACTIONS.reduce((sum, action) => sum + after[action], 0)).toBeCloseTo(1);
  });

  it("refuses shares of more than everything, and nothing at all", () => {
    expect(faultOf({})).not.toBe("");
    expect(faultOf({ browse: 0.6, book: 0.5 })).toContain("110 %");
    expect(faultOf({ book: 0.5 })).toBe("");
    expect(faultOf(Object.fromEntries(ACTIONS.map((action) => [action, 0.05])))).toContain("50 %");
  });
});

const NOW = "2026-06-05T22:00:00.000Z";
const venue = { venue_id: "v00012", name: "Bar Luce", latitude: 40.7, longitude: -74 } as Venue;

function kindOf(eventType: string): TriggerKind {
  const kind = TRIGGERS.find((one) => one.eventType === eventType);
  if (kind === undefined) {
    throw new Error(`no trigger ${eventType}`);
  }
  return kind;
}

describe("triggers", () => {
  it("gathers a crowd around the venue chosen, until the hours have passed", () => {
    const order = triggerOf(kindOf("special_event.started"), { venue: "v00012", hours: "2", crowd: "5000" }, NOW, [venue]);
    expect(order.payload).toMatchObject({ latitude: 40.7, longitude: -74, crowd: 5000, starts_at: NOW, ends_at: "2026-06-06T00:00:00.000Z" });
    expect(order.payload).not.toHaveProperty("venue");
    expect(order.venue_id).toBeUndefined();
  });

  it("names the venue of a promotion and the person of a return", () => {
    expect(triggerOf(kindOf("promotion.started"), { venue: "v00012" }, NOW, [venue])).toMatchObject({ venue_id: "v00012", payload: { value: 20, kind: "happy_hour" } });
    expect(triggerOf(kindOf("user.returned"), { user_id: "u0000007" }, NOW, [])).toMatchObject({ user_id: "u0000007", channel: "user_actions" });
  });

  it("says what is missing before the simulator has to", () => {
    expect(missing(kindOf("promotion.started"), {})).toBe("Venue is missing.");
    expect(missing(kindOf("user.dormant"), { user_id: "Ada" })).toContain("u0000012");
    expect(missing(kindOf("special_event.started"), { venue: "v00012", crowd: "-4" })).toBe("People must be above 0.");
    expect(missing(kindOf("special_event.started"), { venue: "v00012" })).toBe("");
  });
});

describe("commands over REST", () => {
  it("have the addresses of the documents", () => {
    expect(orderOf({ type: "pause" }).path).toBe("/simulation/pause");
    expect(orderOf({ type: "spawn_users", payload: { count: 7 } })).toEqual({ path: "/admin/control/users/spawn/7", body: { befriend: false } });
    expect(orderOf({ type: "weather", payload: { condition: "rain", hours: 3 } })).toEqual({ path: "/simulation/command/weather", body: { condition: "rain", hours: 3 } });
  });
});

describe("the slider of speeds", () => {
  it("rests on what is offered, and between two where the city runs at neither", () => {
    expect(SPEEDS.map((one) => placeOf(one === "max" ? 0 : one))).toEqual(SPEEDS.map((_, index) => index));
    expect(placeOf(240)).toBeGreaterThan(4.5);
    expect(placeOf(240)).toBeLessThan(5);
    expect([placeOf(0.5), placeOf(4000)]).toEqual([0, 7.5]);
  });

  it("goes on to the next speed on the side it is moved to", () => {
    expect([nextPlace(4.8, 4.7), nextPlace(4.6, 4.7), nextPlace(6, 5)]).toEqual([5, 4, 6]);
  });
});
