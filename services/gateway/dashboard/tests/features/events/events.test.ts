import { describe, expect, it } from "vitest";
import { filterOf, merged, passes, questionOf } from "../../../src/features/events/filter.ts";
import { fromLocal, throughLocal, toLocal } from "../../../src/lib/local.ts";
import { stagesOf, storyOf } from "../../../src/features/events/story.ts";
import { rowsOf } from "../../../src/features/events/windows.ts";
import type { CityEvent } from "../../../src/lib/types.ts";
import { anEvent } from "../../stage.ts";

const minute = (number: number, columns: Partial<CityEvent> = {}) => anEvent({ simulation_time: `2026-06-05T22:${String(number).padStart(2, "0")}:00.000000Z`, ...columns });

describe("filters", () => {
  it("stand in the address, and what is no channel is none", () => {
    expect([...filterOf({ channels: "bookings,nonsense" }).channels]).toEqual(["bookings"]);
  });

  it("hold all together: channel, type, person, cause and words", () => {
    const event = anEvent({ cause_id: "c1" });
    const shown: Record<string, string>[] = [{}, { channels: "user_actions" }, { type: "venue.viewed" }, { user: "ada" }, { user: "u0000123" }, { cause: "c1" }, { cause: "any" }, { text: "BAR LUCE" }];
    for (const query of shown) {
      expect(passes(event, filterOf(query))).toBe(true);
    }
    const hidden: Record<string, string>[] = [{ channels: "bookings" }, { type: "venue.liked" }, { user: "noah" }, { cause: "c2" }, { text: "pizza" }, { user: "ada", cause: "c2" }];
    for (const query of hidden) {
      expect(passes(event, filterOf(query))).toBe(false);
    }
    expect(passes(anEvent(), filterOf({ cause: "any" }))).toBe(false);
  });

  it("find who was only invited into it", () => {
    expect(passes(anEvent({ member_ids: "u0000001,u0000777" }), filterOf({ user: "u0000777" }))).toBe(true);
  });

  it("ask the gateway for what it can filter itself", () => {
    expect(questionOf(filterOf({ user: "u0000123", type: "venue.viewed", cause: "any", text: "x" }))).toBe("event_type=venue.viewed&user_id=u0000123");
    expect(questionOf(filterOf({ user: "Ada" }))).toBe("");
    expect(questionOf(filterOf({ text: "v00012" }))).toBe("venue_id=v00012");
  });

  it("show an event once, newest first", () => {
    const [old, fresh] = [minute(1), minute(2)];
    expect(merged([old], [fresh, old])).toEqual([fresh, old]);
  });
});

describe("windows of time", () => {
  it("head the events of each, with how many of what", () => {
    const rows = rowsOf([minute(7), minute(6), minute(4, { topic: "bookings", event_type: "booking.requested" })], 5);
    expect(rows.map((row) => (row.kind === "heading" ? `${row.title}: ${row.count}` : row.event.event_type))).toEqual([
      "Fri, Jun 5, 18:05–18:10: 2", "venue.viewed", "venue.viewed", "Fri, Jun 5, 18:00–18:05: 1", "booking.requested",
    ]);
  });

  it("are left out when not wanted", () => {
    expect(rowsOf([minute(1), minute(9)], 0).every(({ kind }) => kind === "event")).toBe(true);
  });
});

describe("a story", () => {
  const interest = minute(0, { event_type: "interest.expressed", correlation_id: "s" });
  const session = minute(0, { event_id: "s", event_type: "session.started" });
  const request = minute(1, { topic: "bookings", event_type: "booking.requested", correlation_id: interest.event_id, booking_id: "b" });
  const outcome = minute(2, { topic: "bookings", event_type: "booking.confirmed", correlation_id: request.event_id, booking_id: "b" });
  const visit = minute(30, { event_type: "visit.started", booking_id: "b", visit_id: "v" });
  const review = minute(50, { event_type: "review.submitted", correlation_id: visit.event_id, visit_id: "v" });
  const stranger = minute(3, { correlation_id: "s" });
  const all = [review, stranger, visit, outcome, request, interest, session];

  it("is followed both ways, from wherever it is opened, without the strangers of the same session", () => {
    for (const asked of [request, outcome, review]) {
      expect(storyOf(all, asked).map(({ event }) => event.event_type)).toEqual([
        "session.started", "interest.expressed", "booking.requested", "booking.confirmed", "visit.started", "review.submitted",
      ]);
    }
    expect(storyOf(all, outcome).map(({ relation }) => relation)).toEqual(["led", "led", "led", "this", "came", "came"]);
  });

  it("has stages that have happened and such that have not", () => {
    const stages = stagesOf(storyOf([request, outcome], request));
    expect(stages.map(({ title, event }) => [title, event !== null])).toEqual([["Asked", true], ["Answered", true], ["Visited", false], ["Reviewed", false]]);
    expect(stagesOf(storyOf([], minute(1)))).toEqual([]);
  });
});

describe("times of New York", () => {
  it("go into a form field and back, in summer and in winter", () => {
    expect(toLocal("2026-06-05T22:30:00Z")).toBe("2026-06-05T18:30");
    expect(fromLocal("2026-06-05T18:30")).toBe("2026-06-05T22:30:00.000Z");
    expect(throughLocal("2026-06-05T18:30")).toBe("2026-06-05T22:30:59.999Z");
    expect(throughLocal("2026-01-05T18:30")).toBe("2026-01-05T23:30:59.999Z");
  });
});
