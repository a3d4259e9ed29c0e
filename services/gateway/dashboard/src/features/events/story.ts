/** An event's story: what led to it and what came of it, by correlation and by the ids of booking, visit, invitation and group. */
import type { CityEvent } from "../../lib/types.ts";

export type Relation = "led" | "this" | "came";

export interface Chapter {
  readonly event: CityEvent;
  readonly relation: Relation;
}

const MOST = 60;
/** Their number after one of these says nothing: everything in a session came of its start. */
const WIDE = new Set(["session.started", "user.registered", "simulator.tick"]);

/** Chapters in order of time, `asked` among them. */
export function storyOf(known: readonly CityEvent[], asked: CityEvent): Chapter[] {
  const byId = new Map([...known, asked].map((event) => [event.event_id, event]));
  const events = [...byId.values()];
  const found = new Map<string, CityEvent>([[asked.event_id, asked]]);
  let newest = [asked];
  while (newest.length > 0 && found.size < MOST) {
    const next = newest.flatMap((event) => [...ledTo(event, byId), ...cameOf(event, events), ...kinOf(event, events)]).filter((event) => !found.has(event.event_id));
    newest = [...new Map(next.map((event) => [event.event_id, event])).values()].slice(0, MOST - found.size);
    newest.forEach((event) => found.set(event.event_id, event));
  }
  return inOrder([...found.values()], asked);
}

export function inOrder(events: readonly CityEvent[], asked: CityEvent): Chapter[] {
  return [...events]
    .sort((one, other) => one.simulation_time.localeCompare(other.simulation_time) || depth(one) - depth(other))
    .map((event) => ({ event, relation: event.event_id === asked.event_id ? "this" : before(event, asked) ? "led" : "came" }));
}

const before = (event: CityEvent, asked: CityEvent): boolean =>
  event.simulation_time < asked.simulation_time || (event.simulation_time === asked.simulation_time && depth(event) < depth(asked));

/** Of two at one moment, the one that asks comes first. */
const depth = ({ correlation_id, event_type }: CityEvent): number => (correlation_id === undefined ? 0 : 1) + (event_type.endsWith(".requested") || event_type.endsWith(".sent") ? 0 : 1);

function ledTo(event: CityEvent, byId: ReadonlyMap<string, CityEvent>): CityEvent[] {
  const cause = event.correlation_id === undefined ? undefined : byId.get(event.correlation_id);
  return cause === undefined ? [] : [cause];
}

const cameOf = (event: CityEvent, events: readonly CityEvent[]): CityEvent[] =>
  WIDE.has(event.event_type) ? [] : events.filter(({ correlation_id }) => correlation_id === event.event_id);

const KIN = ["booking_id", "visit_id", "invite_id", "group_id"] as const;

const kinOf = (event: CityEvent, events: readonly CityEvent[]): CityEvent[] =>
  events.filter((other) => KIN.some((name) => event[name] !== undefined && other[name] === event[name]));

export interface Stage {
  readonly title: string;
  readonly event: CityEvent | null;
}

const STAGES: readonly (readonly [string, readonly string[]])[] = [
  ["Asked", ["booking.requested"]],
  ["Answered", ["booking.confirmed", "booking.declined", "booking.expired"]],
  ["Visited", ["visit.started", "booking.seated", "booking.no_show", "booking.cancelled"]],
  ["Reviewed", ["review.submitted"]],
];

/** Request, outcome, visit, review: what of it has happened. Nothing where no table is in the story. */
export function stagesOf(chapters: readonly Chapter[]): Stage[] {
  const stages = STAGES.map(([title, types]) => ({ title, event: chapters.find(({ event }) => types.includes(event.event_type))?.event ?? null }));
  return stages.slice(0, 3).some(({ event }) => event !== null) ? stages : [];
}
