import { describe, expect, it } from "vitest";
import { factsOf, faultOfJourney, faultOfName, faultOfRange, journeyWords, recordsOf, shareOf, stateOf } from "../../../src/features/control/time/moments.ts";
import { rightsOf } from "../../../src/features/control/time/rights.ts";
import { orderOf } from "../../../src/lib/commands.ts";
import { parseHash } from "../../../src/lib/route.ts";
import { aReplay, aSnapshot } from "./told.ts";

describe("a snapshot", () => {
  it("has a name that is a directory's, and that no other has", () => {
    expect(faultOfName("", [])).toBe("It needs a name.");
    for (const wrong of ["Lunch", "-lunch", "before lunch", "a/b", "a".repeat(65)]) {
      expect(faultOfName(wrong, [])).toContain("small letters");
    }
    expect(faultOfName("before-lunch", ["before-lunch"])).toContain("already");
    expect(faultOfName("before-lunch_2.0", ["before-lunch"])).toBe("");
  });

  it("says when it was, how many lived there and how large it is", () => {
    expect(factsOf(aSnapshot())).toBe("Fri, Jun 7 14:01 · 2,000 people · 1.2 MB · branch 3");
    expect(factsOf(aSnapshot({ bytes: 1200, population: 1 }))).toContain("1 person · 2 kB");
  });
});

describe("a journey", () => {
  const now = "2024-06-07T18:00:00Z";

  it("back begins a new branch, ahead does not", () => {
    expect(journeyWords("2024-06-07T12:00:00Z", now)).toContain("A new branch begins");
    expect(journeyWords("2024-06-07T20:00:00Z", now)).not.toContain("new branch");
  });

  it("leads nowhere before the city began", () => {
    expect(faultOfJourney("", now)).toBe("Choose a time to go to.");
    expect(faultOfJourney("2024-06-07T17:59:00Z", now)).toContain("Nothing was told before");
    expect(faultOfJourney("2024-06-07T18:00:00Z", now)).toBe("");
    expect(faultOfJourney("2024-06-07T17:59:00Z", null)).toBe("");
  });
});

describe("a replay", () => {
  it("needs an end after its beginning", () => {
    expect(faultOfRange("", "2024-06-07T18:00:00Z")).toContain("needs a beginning");
    expect(faultOfRange("2024-06-07T18:00:00Z", "2024-06-07T18:00:00Z")).toContain("after the beginning");
    expect(faultOfRange("2024-06-07T17:59:00Z", "2024-06-07T18:00:00Z")).toBe("");
  });

  it("is as far as the simulated time it has reached", () => {
    expect(shareOf(aReplay({ at: null }))).toBe(0);
    expect(shareOf(aReplay({ at: "2024-06-07T16:30:00Z" }))).toBe(0.25);
    expect(shareOf(aReplay({ at: "2024-06-07T16:30:00Z", status: "finished" }))).toBe(1);
    expect(shareOf(aReplay({ at: "2024-06-07T19:00:00Z" }))).toBe(1);
  });

  it("leads to the records it tells, as far as it has come", () => {
    const chosen = aReplay({ user_id: "u0000123", venue_id: "v00012", event_types: ["booking.requested", "booking.confirmed"] });
    expect(parseHash(recordsOf(chosen))).toEqual({
      view: "events", rest: [],
      query: { since: chosen.from, at: chosen.at, channels: "bookings", type: "booking.requested,booking.confirmed", user: "u0000123", text: "v00012" },
    });
    expect(parseHash(recordsOf(aReplay({ status: "finished" }))).query).toEqual({ since: chosen.from, at: chosen.to, channels: "bookings" });
  });

  it("says why it failed", () => {
    expect(stateOf(aReplay({ status: "failed", told: 1, reason: "Kafka is away" }))).toBe("Failed after 1 record: Kafka is away");
    expect(stateOf(aReplay({ told: 1204 }))).toBe("1,204 records told, at 12:30");
  });
});

describe("rights", () => {
  it("follow the role: a viewer may do neither, an operator steer, an administrator both", () => {
    const refused = (locked: string, role: Parameters<typeof rightsOf>[1]) => {
      const { steering, leaving } = rightsOf(locked, role);
      return [steering !== "", leaving !== ""];
    };
    expect(refused("", "viewer")).toEqual([true, true]);
    expect(refused("", null)).toEqual([true, true]);
    expect(refused("", "operator")).toEqual([false, true]);
    expect(refused("", "admin")).toEqual([false, false]);
    expect(refused("a bearer token is needed", "admin")).toEqual([true, true]);
    expect(refused("", undefined)).toEqual([false, false]);
  });
});

it("orders that reach into time have the addresses of the documents", () => {
  expect(orderOf({ type: "create_snapshot", payload: { name: "a", description: "" } })).toEqual({ path: "/admin/simulation/snapshot", body: { name: "a", description: "" } });
  expect(orderOf({ type: "restore_snapshot", payload: { snapshot: "a" } })).toEqual({ path: "/admin/simulation/restore/a", body: {} });
  expect(orderOf({ type: "delete_snapshot", payload: { snapshot: "a" } })).toEqual({ path: "/simulation/command/snapshot.delete", body: { snapshot: "a" } });
  expect(orderOf({ type: "travel", payload: { to: "2024-06-07T18:00:00Z", pause: true } }).path).toBe("/admin/simulation/travel");
});
