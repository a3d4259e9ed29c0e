import { describe, expect, it } from "vitest";
import { People } from "../../src/lib/people.ts";
import { Rates, bandsOf, type Sample } from "../../src/lib/rates.ts";
import type { Counted, Stats } from "../../src/lib/types.ts";
import { anEvent, someStats } from "../stage.ts";

const sampleAt = (time: number, ...scenarios: string[]): Sample => ({ time, stats: someStats(), scenarios });

describe("rates", () => {
  it("takes one sample a second and keeps a few minutes", () => {
    let now = 0;
    const rates = new Rates(() => now);
    for (let half = 0; half < 2000; half += 1) {
      now += 500;
      rates.sample(someStats());
    }
    const times = rates.samples.toArray().map(({ time }) => time);
    expect(new Set(times).size).toBe(times.length);
    expect(times).toHaveLength(rates.samples.capacity);
  });

  it("begins with what the gateway counted before, in our time, and keeps its own where both have a second", () => {
    const rates = new Rates(() => 1_000_500);
    rates.sample(someStats({ active_users: 99 }));
    const counted = (wall_time: string, active_users: number): Counted => ({ ...someStats(), wall_time, active_users, scenarios: [{ name: "a", phase: "holding" }] });
    const course = [counted("2024-06-07T16:00:00.2Z", 1), counted("2024-06-07T16:00:01.2Z", 2), counted("2024-06-07T16:00:02.2Z", 3)];
    rates.recall({ run_id: "r", branch: 1, samples: course });
    expect(rates.samples.toArray().map(({ time, stats, scenarios }) => [time, stats.active_users, scenarios.length])).toEqual([[998, 1, 1], [999, 2, 1], [1000, 99, 0]]);
  });

  it("begins anew when the past is over and has left the means", () => {
    let now = 0;
    const rates = new Rates(() => now);
    const second = (phase: Stats["phase"]) => {
      now += 1000;
      rates.sample(someStats({ phase }));
    };
    second("backfill");
    second("backfill");
    expect(rates.samples.size).toBe(2);
    Array.from({ length: 12 }, () => second("running"));
    expect(rates.samples.toArray().map(({ time }) => time)).toEqual([12, 13, 14]);
  });

  it("adds up the topics of a line", () => {
    const rates = new Rates(() => 1000);
    rates.sample(someStats({ topic_rates: { user_actions: 3, bookings: 2 } }));
    expect(rates.series(["user_actions", "bookings", "journeys"])).toEqual([5]);
  });

  it("shades each scenario from its first second to its last, twice if it came twice", () => {
    const bands = bandsOf([sampleAt(1), sampleAt(2, "a"), sampleAt(3, "a", "b"), sampleAt(4, "b"), sampleAt(5, "a")]);
    expect(bands).toEqual([
      { scenario: "a", from: 2, to: 3 },
      { scenario: "b", from: 3, to: 4 },
      { scenario: "a", from: 5, to: 5 },
    ]);
  });
});

describe("people", () => {
  it("knows where somebody was last", () => {
    const people = new People();
    people.learn([anEvent({ latitude: 40.7, longitude: -74 }), anEvent({ latitude: 40.8, longitude: -73.9 }), anEvent()]);
    expect(people.placeOf("u0000123")).toEqual({ latitude: 40.8, longitude: -73.9 });
    expect(people.placeOf(undefined)).toBeUndefined();
  });

  it("forgets the longest silent beyond its bound", () => {
    const people = new People();
    people.learn(Array.from({ length: 20_005 }, (_, index) => anEvent({ user_id: `u${index}`, latitude: 40, longitude: -74 })));
    expect(people.size).toBe(20_000);
    expect(people.placeOf("u0")).toBeUndefined();
    expect(people.placeOf("u20004")).toBeDefined();
  });
});
