/** What the booking agent decides by itself for people: tables for groups, waiting lists, moves. */
import type { CityEvent } from "../../lib/types.ts";

export type Verdict = "booked" | "waiting" | "declined" | "moved" | "ended";

export interface Decision {
  readonly event: CityEvent;
  readonly verdict: Verdict;
  readonly members: readonly string[];
  /** Whether nobody pressed a button for it: booked for a group or by an agent. */
  readonly automatic: boolean;
}

const VERDICTS: Readonly<Record<string, Verdict>> = {
  "booking.confirmed": "booked",
  "booking.waitlisted": "waiting",
  "booking.declined": "declined",
  "booking.moved": "moved",
  "booking.expired": "ended",
};

export const DECIDED = Object.keys(VERDICTS).join(",");

const BY_PEOPLE = new Set(["user", "api", undefined]);

/** The decision an event is; null where none was taken for a group, by an agent, or against a wish. */
export function decisionOf(event: CityEvent): Decision | null {
  const verdict = VERDICTS[event.event_type];
  if (verdict === undefined) {
    return null;
  }
  const automatic = event.group_id !== undefined || !BY_PEOPLE.has(event.created_by);
  return automatic || verdict !== "booked" ? { event, verdict, members: (event.member_ids ?? "").split(",").filter((id) => id !== ""), automatic } : null;
}

/** Newest first, each once, at most `most`. */
export function merged(known: readonly Decision[], events: readonly CityEvent[], most: number): readonly Decision[] {
  const fresh = events.map(decisionOf).filter((decision) => decision !== null);
  if (fresh.length === 0) {
    return known;
  }
  const byId = new Map([...known, ...fresh].map((decision) => [decision.event.event_id, decision]));
  return [...byId.values()].sort((one, other) => other.event.simulation_time.localeCompare(one.event.simulation_time)).slice(0, most);
}
