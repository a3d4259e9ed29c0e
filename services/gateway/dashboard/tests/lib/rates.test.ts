import { describe, expect, it } from "vitest";
import { People } from "../../src/lib/people.ts";
import { Rates, bandsOf, type Sample } from "../../src/lib/rates.ts";
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
