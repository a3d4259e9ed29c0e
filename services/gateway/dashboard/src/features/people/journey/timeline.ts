/** A person's life as a timeline: days, milestones, what was done; runs of browsing folded into one line. */
import type { Milestone } from "../../../generated/api.ts";
import { familyOf, type Family } from "../../../lib/families.ts";
import { counted, dayOf } from "../../../lib/format.ts";
import type { CityEvent } from "../../../lib/types.ts";

export type Entry =
  | { readonly kind: "milestone"; readonly at: string; readonly key: string; readonly milestone: Milestone }
  | { readonly kind: "event"; readonly at: string; readonly key: string; readonly event: CityEvent }
  /** Browsing without anything else between; newest first. */
  | { readonly kind: "run"; readonly at: string; readonly key: string; readonly events: readonly CityEvent[] };

export interface Day {
  readonly day: string;
  readonly entries: readonly Entry[];
}

export type Kind = "milestones" | Exclude<Family, "city" | "system">;

export const KINDS: readonly { readonly kind: Kind; readonly title: string }[] = [
  { kind: "milestones", title: "Milestones" },
  { kind: "browsing", title: "Browsing" },
  { kind: "social", title: "Social" },
  { kind: "booking", title: "Booking" },
  { kind: "dining", title: "Dining" },
  { kind: "review", title: "Reviews" },
  { kind: "suggestion", title: "Suggestions" },
];

/** Filter as it stands in the address: names with commas; everything when empty. */
export const kindsOf = (text: string): ReadonlySet<Kind> => {
  const known = KINDS.map(({ kind }) => kind).filter((kind) => text.split(",").includes(kind));
  return new Set(known.length === 0 ? KINDS.map(({ kind }) => kind) : known);
};

/** Each event once, newest first; those that another person only did to this one stay. */
export function told(...lists: readonly (readonly CityEvent[])[]): CityEvent[] {
  const byId = new Map(lists.flat().map((event) => [event.event_id, event]));
  return [...byId.values()].sort((one, other) => other.simulation_time.localeCompare(one.simulation_time) || other.offset - one.offset);
}

/** A milestone is told by `journeys` too: there it would stand twice. */
const REPEATED = new Set(["milestone.reached", "preference.updated"]);

export function entriesOf(events: readonly CityEvent[], milestones: readonly Milestone[], kinds: ReadonlySet<Kind>): Entry[] {
  const shown = events.filter((event) => !REPEATED.has(event.event_type) && kinds.has(familyOf(event) as Kind));
  const marks: Entry[] = kinds.has("milestones")
    ? milestones.map((milestone) => ({ kind: "milestone", at: milestone.simulation_time, key: `m/${milestone.milestone}`, milestone }))
    : [];
  const singles: Entry[] = shown.map((event) => ({ kind: "event", at: event.simulation_time, key: event.event_id, event }));
  const rank = ({ kind }: Entry): number => (kind === "milestone" ? 0 : 1);
  return folded([...marks, ...singles].sort((one, other) => other.at.localeCompare(one.at) || rank(one) - rank(other)));
}

const FEW = 3;

function folded(entries: readonly Entry[]): Entry[] {
  const out: Entry[] = [];
  let run: CityEvent[] = [];
  const close = () => {
    const newest = run[0];
    if (newest !== undefined && run.length >= FEW) {
      out.push({ kind: "run", at: newest.simulation_time, key: `r/${newest.event_id}`, events: run });
    } else {
      run.forEach((event) => out.push({ kind: "event", at: event.simulation_time, key: event.event_id, event }));
    }
    run = [];
  };
  for (const entry of entries) {
    if (entry.kind === "event" && folds(entry.event) && sameDay(run[0], entry.event)) {
      run.push(entry.event);
    } else {
      close();
      if (entry.kind === "event" && folds(entry.event)) {
        run.push(entry.event);
      } else {
        out.push(entry);
      }
    }
  }
  close();
  return out;
}

const folds = (event: CityEvent): boolean =>
  (familyOf(event) === "browsing" && event.event_type !== "interest.expressed" && !event.event_type.startsWith("user.")) ||
  event.event_type === "friends.checked" || event.event_type === "recommendation.generated" || event.event_type === "recommendation.ignored";

const sameDay = (one: CityEvent | undefined, other: CityEvent): boolean => one === undefined || dayOf(one.simulation_time) === dayOf(other.simulation_time);

export function daysOf(entries: readonly Entry[]): Day[] {
  const days: { day: string; entries: Entry[] }[] = [];
  for (const entry of entries) {
    const day = dayOf(entry.at);
    const last = days.at(-1);
    if (last?.day === day) {
      last.entries.push(entry);
    } else {
      days.push({ day, entries: [entry] });
    }
  }
  return days;
}

/** A run in words: `Opened the app twice, looked at 5 places, searched 2 times`. */
export function runWords(events: readonly CityEvent[]): string {
  const count = (...types: string[]): number => events.filter(({ event_type }) => types.includes(event_type)).length;
  const places = new Set(events.filter(({ event_type }) => event_type === "venue.viewed").map(({ venue_id }) => venue_id)).size;
  const words = [
    several(count("session.started"), "opened the app"),
    several(count("venue.browsed"), "looked around"),
    places === 0 ? "" : `looked at ${counted(places, "place", "places")}`,
    several(count("search.performed"), "searched"),
    amountOf("liked", count("venue.liked"), "place", "places"),
    amountOf("saved", count("venue.saved"), "place", "places"),
    several(count("friends.checked"), "checked on friends"),
    amountOf("was shown", count("recommendation.generated"), "suggestion", "suggestions"),
    amountOf("passed over", count("recommendation.ignored"), "suggestion", "suggestions"),
    count("session.ended") > 0 && count("session.started") === 0 ? "closed the app" : "",
  ].filter((part) => part !== "");
  const text = words.length === 0 ? counted(events.length, "small thing", "small things") : words.join(", ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const several = (count: number, doing: string): string => (count === 0 ? "" : count === 1 ? doing : `${doing} ${count} times`);
const amountOf = (doing: string, count: number, one: string, many: string): string => (count === 0 ? "" : `${doing} ${counted(count, one, many)}`);
