import { describe, expect, it } from "vitest";
import { courseOf, figuresOf, personaLines } from "../../../src/features/flow/figures.ts";
import { LiveFlow, median } from "../../../src/features/flow/live.ts";
import { rangeOf } from "../../../src/features/flow/ranges.ts";
import { tastesOfRows, tastesTold, withTastes } from "../../../src/features/flow/tasteFlow.ts";
import type { CityEvent } from "../../../src/lib/types.ts";
import { anEvent } from "../../stage.ts";

describe("figures of analytics", () => {
  it("read an answer that says everything", () => {
    const said = { events: 812, active_users: 63, bookings: 4, interests: 31, conversion: 0.129, acceptance: 0.41, average_group_size: 3.4, response_seconds: { invites: { median: 412 } }, by_persona: { foodie_explorer: 120 } };
    expect(figuresOf(said)).toMatchObject({ events: 812, activeUsers: 63, bookings: 4, conversion: 0.129, groupSize: 3.4, inviteSeconds: 412, bookingSeconds: null, byPersona: { foodie_explorer: 120 } });
  });

  it("take counts by type where an older analytics says no more", () => {
    const figures = figuresOf({ events: 10, by_type: { "booking.requested": 2, "interest.expressed": 8, "recommendation.accepted": 1, "recommendation.ignored": 3 } });
    expect(figures).toMatchObject({ bookings: 2, conversion: 0.25, acceptance: 0.25 });
    expect(figuresOf({}).conversion).toBeNull();
  });

  it("put the buckets left out back as nothing, in order, and add up the whole", () => {
    const course = courseOf({ buckets: [{ start: "2026-06-05T22:03:00Z", events: 5 }, { start: 1780696800e6, events: 2 }] }, 60);
    expect(course.buckets.map(({ events }) => events)).toEqual([2, 0, 0, 5]);
    expect(course.total.events).toBe(7);
    expect(courseOf({ buckets: "what" }, 60).buckets).toEqual([]);
  });

  it("draw a line for each persona that did anything", () => {
    const lines = personaLines(courseOf({ buckets: [{ start: 0, by_persona: { foodie_explorer: 3 } }] }, 60));
    expect(lines.map(({ title, values }) => [title, values])).toEqual([["Foodie Explorer", [3]]]);
  });
});

describe("live flow", () => {
  const flowOf = (events: readonly CityEvent[]) => {
    const flow = new LiveFlow();
    flow.add(events, 1002);
    return flow;
  };

  it("counts people, groups and answers as they come", () => {
    const { total } = flowOf([
      anEvent({ topic: "bookings", event_type: "booking.requested", booking_id: "b", record_timestamp: 1_000_500 }),
      anEvent({ topic: "bookings", event_type: "booking.confirmed", booking_id: "b", record_timestamp: 1_000_574 }),
      anEvent({ topic: "social_interactions", event_type: "group.formed", party_size: 4 }),
      anEvent({ topic: "social_interactions", event_type: "invite.accepted", latency_seconds: 60 }),
      anEvent({ topic: "preferences", event_type: "preference.updated", shift: 0.3, reason: "visit" }),
      anEvent({ topic: "preferences", event_type: "preference.updated", shift: 0.1, reason: "social" }),
    ]).course(() => "foodie_explorer");
    expect(total).toMatchObject({ events: 6, bookings: 1, bookingSeconds: 0.074, groupSize: 4, inviteSeconds: 60, byPersona: { foodie_explorer: 2 } });
    expect(total.tasteShift).toBeCloseTo(0.2);
    expect(total.socialShare).toBeCloseTo(0.25);
  });

  it("shows quiet time as nothing, keeps the bucket being filled out of the line, and forgets after four minutes", () => {
    const flow = flowOf([anEvent()]);
    flow.add([], 1016);
    expect(flow.course(() => "foodie_explorer").buckets.map(({ at, events }) => [at, events])).toEqual([[1000, 1], [1005, 0], [1010, 0]]);
    flow.add([], 1000 + 48 * 5);
    expect(flow.course(() => "foodie_explorer").total.events).toBe(0);
  });

  it("begins with what was written in these minutes, not with a backfill", () => {
    const flow = new LiveFlow();
    flow.begin([anEvent({ record_timestamp: 990_000 }), anEvent({ record_timestamp: 0 })], 1000);
    expect(flow.course(() => "foodie_explorer").total.events).toBe(1);
  });

  it("has a median of two middles", () => {
    expect([median([]), median([3]), median([4, 1]), median([9, 1, 2])]).toEqual([null, 3, 2.5, 2]);
  });
});

describe("taste flow", () => {
  const course = courseOf({ buckets: [{ start: "2026-06-05T22:00:00Z", events: 1 }] }, 3600);

  it("comes from the rows of preferences", () => {
    const row = (shift: number, reason: string) => anEvent({ topic: "preferences", event_type: "preference.updated", shift, reason });
    const { total } = withTastes(course, tastesOfRows([row(0.3, "visit"), row(0.1, "social")], 3600));
    expect(total.tasteShift).toBeCloseTo(0.2);
    expect(total.socialShare).toBeCloseTo(0.25);
  });

  it("or from the hours that analytics closed", () => {
    const told = { version: 1, rolled_up: false };
    const figures = [
      { metric: "preference_shift", dimension: null, dimension_value: null, count: 4, value: 0.8, ...told },
      { metric: "preference_shift", dimension: "cause", dimension_value: "social", count: 1, value: 0.2, ...told },
    ];
    const { buckets } = withTastes(course, tastesTold([{ start: "2026-06-05T22:00:00Z", end: "2026-06-05T23:00:00Z", figures }]));
    expect(buckets[0]).toMatchObject({ tasteShift: 0.2, socialShare: 0.25 });
  });
});

it("an unknown range of the address is live", () => {
  expect([rangeOf("24h").groupBy, rangeOf("next year").name]).toEqual(["hour", "live"]);
});
