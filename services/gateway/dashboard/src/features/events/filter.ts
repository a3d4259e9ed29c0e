/** Which events the view shows, as it stands in the address. */
import { plainSentence } from "../../lib/sentences/index.ts";
import { CHANNELS } from "../../lib/filters.ts";
import type { CityEvent, TopicName } from "../../lib/types.ts";

export interface Filter {
  /** All of the page's channels when empty. */
  readonly channels: ReadonlySet<TopicName>;
  readonly type: string;
  /** A person's id, or part of a name. */
  readonly person: string;
  /** A cause's id, `any` for whatever had one, or nothing. */
  readonly cause: string;
  readonly text: string;
  /** ISO time of the earliest event, or nothing. */
  readonly since: string;
}

const TOPICS = new Set<string>(CHANNELS.map(({ topic }) => topic));

const isTopic = (name: string): name is TopicName => TOPICS.has(name);

export const ANY_CAUSE = "any";

export function filterOf(query: Readonly<Record<string, string>>): Filter {
  return {
    channels: new Set((query.channels ?? "").split(",").filter(isTopic)),
    type: query.type ?? "",
    person: query.user ?? "",
    cause: query.cause ?? "",
    text: query.text ?? "",
    since: Number.isNaN(Date.parse(query.since ?? "")) ? "" : new Date(query.since ?? "").toISOString(),
  };
}

export function passes(event: CityEvent, { channels, type, person, cause, text, since }: Filter): boolean {
  return (
    (channels.size === 0 || channels.has(event.topic)) &&
    (type === "" || type.split(",").includes(event.event_type)) &&
    (since === "" || Date.parse(event.simulation_time) >= Date.parse(since)) &&
    (cause === "" || (cause === ANY_CAUSE ? event.cause_id !== undefined : event.cause_id === cause)) &&
    concerns(event, person) &&
    says(event, text)
  );
}

function concerns({ user_id, other_user_id, user_name, other_user_name, member_ids }: CityEvent, person: string): boolean {
  const wanted = person.trim().toLowerCase();
  return wanted === "" || [user_id, other_user_id, user_name, other_user_name, member_ids].some((text) => text?.toLowerCase().includes(wanted));
}

function says(event: CityEvent, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return wanted === "" || [plainSentence(event), event.event_type, event.event_id, event.venue_id, event.booking_id, event.correlation_id].join(" ").toLowerCase().includes(wanted);
}

const USER_ID = /^u\d{7}$/;
const VENUE_ID = /^v\d{5}$/;

/** Part of a person's name, of which the gateway's records know nothing; empty when none is looked for. */
export const nameOf = ({ person }: Filter): string => (USER_ID.test(person.trim()) ? "" : person.trim());

/** Whether something is left that only the page can tell of a record. */
export const isNarrower = ({ cause, text }: Filter): boolean => cause === ANY_CAUSE || (text.trim() !== "" && !VENUE_ID.test(text.trim()));

/** What the gateway can filter itself: the rest is done here. */
export function questionOf({ type, person, cause, text }: Filter): string {
  const known: Record<string, string> = {};
  if (type !== "") {
    known.event_type = type;
  }
  if (USER_ID.test(person.trim())) {
    known.user_id = person.trim();
  }
  if (VENUE_ID.test(text.trim())) {
    known.venue_id = text.trim();
  }
  if (cause !== "" && cause !== ANY_CAUSE) {
    known.cause_id = cause;
  }
  return new URLSearchParams(known).toString();
}

/** Each once, newest first. */
export function merged(...lists: readonly (readonly CityEvent[])[]): CityEvent[] {
  const byId = new Map(lists.flat().map((event) => [event.event_id, event]));
  return [...byId.values()].sort((one, other) => later(other.simulation_time, one.simulation_time));
}

/** ISO times compare as they are; a comparison by the rules of a language costs ten times as much, many times a second. */
const later = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
