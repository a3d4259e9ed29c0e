import { describe, expect, it } from "vitest";
import { COUNTERS, trend } from "../../src/features/counters/counters.ts";
import { Tally } from "../../src/features/city/tally.ts";
import { amount, duration, milliseconds, percent, speed } from "../../src/lib/format.ts";
import { someStats } from "../stage.ts";

const printed = (name: string, stats = someStats()): string => {
  const counter = COUNTERS.find((one) => one.name === name);
  return counter === undefined ? "" : counter.print(counter.read(stats));
};

describe("counters", () => {
  it("never shows a broken number", () => {
    const silent = someStats({ active_users: null, population: null, latency_ms: { p50: null, p99: null, count: 0 } });
    for (const { name } of COUNTERS) {
      expect(printed(name, silent)).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it("reads what is booked of sessions opened", () => {
    expect(printed("booked", someStats({ conversion: { sessions: 200, bookings_confirmed: 25 } }))).toBe("12.5 %");
    expect(printed("booked")).toBe("–");
  });

  it("takes the slowest service for the lag and all topics for dead letters", () => {
    const stats = someStats({ lag: { booking: 3, analytics: 40 }, dlq: { bookings: 2, user_actions: 3 } });
    expect([printed("lag", stats), printed("dlq", stats)]).toEqual(["40", "5"]);
  });

  it("tells a trend only from enough samples", () => {
    expect(trend([10, 20])).toBeNull();
    expect(trend([10, 11, 12, null, 14, 15])).toBeCloseTo(0.5);
    expect(trend([0, 1, 2, 3, 4, 5])).toBeNull();
  });
});

describe("words for numbers", () => {
  it.each([
    [amount(1234.4), "1,234"], [amount(41.55), "41.6"], [amount(182_333), "182.3K"], [amount(null), "–"],
    [speed(0), "max"], [speed(60), "60×"], [percent(0.5), "50.0 %"], [milliseconds(12_000), "12.0 s"],
    [duration(45), "45 s"], [duration(2700), "45 min"], [duration(6000), "1 h 40 min"],
  ])("%s is %s", (said, wanted) => expect(said).toBe(wanted));
});

describe("tally", () => {
  it("counts what is seen at a venue and nothing elsewhere", () => {
    const tally = new Tally();
    tally.count({ event_type: "venue.viewed", venue_id: "v1" });
    tally.count({ event_type: "booking.confirmed", venue_id: "v1" });
    tally.count({ event_type: "session.ended", venue_id: "v1" });
    expect(tally.of("v1")).toEqual({ views: 1, bookings: 1, visits: 0, reviews: 0 });
    expect(tally.of("v2").views).toBe(0);
  });
});
