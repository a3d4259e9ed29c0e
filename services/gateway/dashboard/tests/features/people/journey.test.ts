import { describe, expect, it } from "vitest";
import { fatesOf, suggestedTo } from "../../../src/features/people/journey/suggested.ts";
import { courseOf, movers, rowsOf } from "../../../src/features/people/journey/tastes.ts";
import { daysOf, entriesOf, kindsOf, runWords, told } from "../../../src/features/people/journey/timeline.ts";
import { chancesOf } from "../../../src/features/people/journey/why.ts";
import type { CityEvent } from "../../../src/lib/types.ts";
import { anEvent } from "../../stage.ts";

const at = (minute: number, columns: Partial<CityEvent> = {}) => anEvent({ simulation_time: `2026-06-05T22:${String(minute).padStart(2, "0")}:00.000000Z`, ...columns });
const milestone = { milestone: "first_visit", simulation_time: "2026-06-05T22:05:00.000000Z", venue_id: null, venue_name: "Bar Luce" };

describe("the timeline", () => {
  it("folds browsing into a line and leaves deeds and milestones to stand alone", () => {
    const booking = at(4, { topic: "bookings", event_type: "booking.requested" });
    const entries = entriesOf(told([at(1), at(2), at(3), booking]), [milestone], kindsOf(""));
    expect(entries.map(({ kind }) => kind)).toEqual(["milestone", "event", "run"]);
  });

  it("folds no two events, for which a line would say no less", () => {
    expect(entriesOf(told([at(1), at(2)]), [], kindsOf("")).map(({ kind }) => kind)).toEqual(["event", "event"]);
  });

  it("shows what the address asks for, and everything for words it does not know", () => {
    expect([...kindsOf("booking,milestones")]).toEqual(["milestones", "booking"]);
    expect(kindsOf("nonsense").size).toBe(7);
    expect(entriesOf([at(1)], [milestone], kindsOf("milestones"))).toHaveLength(1);
  });

  it("puts the days of New York apart", () => {
    const night = anEvent({ topic: "bookings", event_type: "booking.requested", simulation_time: "2026-06-06T03:59:00.000000Z" });
    const morning = { ...night, event_id: "m", simulation_time: "2026-06-06T04:01:00.000000Z" };
    expect(daysOf(entriesOf(told([night, morning]), [], kindsOf(""))).map(({ day }) => day)).toEqual(["Sat, Jun 6", "Fri, Jun 5"]);
  });

  it("tells a run in words", () => {
    expect(runWords([at(3, { event_type: "venue.liked" }), at(2), at(1), at(0, { event_type: "session.started" })])).toBe("Opened the app, looked at 1 place, liked 1 place");
  });
});

describe("tastes over time", () => {
  const row = (minute: number, italian: number, cafe: number) => at(minute, { topic: "preferences", event_type: "preference.updated", taste_italian: italian, taste_cafe: cafe, reason: "visit", shift: 0.1, version: minute });

  it("draws what moved most first, in order of time", () => {
    const course = courseOf([row(5, 0.9, 0.5), row(1, 0.5, 0.6)]);
    expect(course.lines.map(({ title }) => title)).toEqual(["Italian", "Cafe"]);
    expect(course.lines[0]?.values).toEqual([0.5, 0.9]);
    expect(course.times[0]).toBeLessThan(course.times[1] ?? 0);
  });

  it("reads versions of the event store as the rows they were", () => {
    const [one] = rowsOf([{ event_id: "e", simulation_time: "2026-06-05T22:00:00Z", version: 3, reason: "review", shift: 0.2, price_tier: 2, outdoor: 0.5, tastes: { italian: 0.7 } }]);
    expect(courseOf(one === undefined ? [] : [one]).lines[0]?.values).toEqual([0.7]);
  });

  it("says what moved them how far", () => {
    expect(movers([row(1, 0, 0), row(2, 0, 0)])).toEqual([{ reason: "visit", shift: 0.2, times: 2 }]);
  });
});

describe("why", () => {
  const account = { user_id: "u0000123", persona: "night_owl", rates: {}, base: { book: 0.05, browse: 0.4 }, result: { book: 0.12, browse: 0.3 }, steps: [{ source: "hour 18", target: "action.book", change: "multiply", factor: 2 }], surroundings: { weather: "rain" }, local_time: "x", unknown: [] };

  it("puts the likeliest first, with what moved it", () => {
    const chances = chancesOf(account, 5);
    expect(chances.map(({ action }) => action)).toEqual(["browse", "book"]);
    expect(chances[1]?.steps[0]?.source).toBe("hour 18");
  });
});

describe("suggestions", () => {
  it("have the fate that the answer tells; taken is stronger than passed over", () => {
    const answer = (event_type: "recommendation.accepted" | "recommendation.ignored") => anEvent({ event_type, recommendation_id: "r1" });
    expect(fatesOf([answer("recommendation.accepted"), answer("recommendation.ignored")]).get("r1")).toBe("accepted");
  });

  it("are those made to this person", () => {
    const mine = anEvent({ topic: "recommendations", event_type: "recommendation.generated", user_id: "u1" });
    expect(suggestedTo("u1", [mine, { ...mine, event_id: "o", user_id: "u2", other_user_id: "u1" }])).toEqual([mine]);
  });
});
