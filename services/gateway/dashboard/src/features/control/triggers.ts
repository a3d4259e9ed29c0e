/** Events that can be made to happen: what each needs, and the order that comes of a filled-in form. */
import type { TriggerOrder } from "../../lib/commands.ts";
import type { Venue } from "../../lib/types.ts";

export interface TriggerField {
  readonly name: string;
  readonly title: string;
  readonly kind: "number" | "text" | "choice" | "venue" | "user";
  readonly usual: string;
  readonly choices?: readonly string[];
}

export interface TriggerKind {
  readonly eventType: string;
  readonly channel: string;
  readonly title: string;
  readonly fields: readonly TriggerField[];
}

export type Filled = Readonly<Record<string, string>>;

const VENUE: TriggerField = { name: "venue", title: "Venue", kind: "venue", usual: "" };
const USER: TriggerField = { name: "user_id", title: "Person", kind: "user", usual: "" };
const HOURS: TriggerField = { name: "hours", title: "Hours", kind: "number", usual: "3" };

/** Payload columns named in `fields` are sent as they are; the hours of an end become `ends_at`. */
export const TRIGGERS: readonly TriggerKind[] = [
  {
    eventType: "special_event.started", channel: "environment", title: "A crowd gathers",
    fields: [
      { name: "name", title: "Name", kind: "text", usual: "Street festival" },
      { name: "kind", title: "Kind", kind: "choice", usual: "festival", choices: ["festival", "concert", "sport"] },
      { ...VENUE, title: "Around" },
      { name: "crowd", title: "People", kind: "number", usual: "8000" },
      { name: "radius_km", title: "Radius, km", kind: "number", usual: "1" },
      HOURS,
    ],
  },
  {
    eventType: "traffic.changed", channel: "environment", title: "Traffic",
    fields: [{ name: "condition", title: "Level", kind: "choice", usual: "heavy", choices: ["light", "moderate", "heavy", "severe"] }, HOURS],
  },
  {
    eventType: "promotion.started", channel: "environment", title: "A promotion",
    fields: [VENUE, { name: "kind", title: "Kind", kind: "choice", usual: "happy_hour", choices: ["happy_hour", "promotion"] }, { name: "value", title: "Discount, %", kind: "number", usual: "20" }, HOURS],
  },
  { eventType: "venue.trending", channel: "environment", title: "A place trends", fields: [VENUE, { name: "value", title: "Strength", kind: "number", usual: "2" }] },
  { eventType: "price.changed", channel: "environment", title: "A price", fields: [VENUE, { name: "value", title: "Tier, 1 to 4", kind: "number", usual: "2" }] },
  { eventType: "holiday.started", channel: "environment", title: "A holiday", fields: [{ name: "name", title: "Name", kind: "text", usual: "Independence Day" }] },
  { eventType: "user.dormant", channel: "user_actions", title: "Somebody goes quiet", fields: [USER] },
  { eventType: "user.returned", channel: "user_actions", title: "Somebody comes back", fields: [USER] },
];

/** What is missing or wrong, in words; empty when the order can be given. */
export function missing(kind: TriggerKind, filled: Filled): string {
  for (const { name, title, kind: sort, usual } of kind.fields) {
    const value = filled[name] ?? usual;
    if (value.trim() === "") {
      return `${title} is missing.`;
    }
    if (sort === "number" && !(Number(value) > 0)) {
      return `${title} must be above 0.`;
    }
    if (sort === "user" && !/^u\d{7}$/.test(value)) {
      return `${title} is an id such as u0000012.`;
    }
  }
  return "";
}

/** Simulated `now` is where hours are counted from; `venues` tells where a venue is. */
export function triggerOf(kind: TriggerKind, filled: Filled, now: string, venues: readonly Venue[]): TriggerOrder {
  const said = Object.fromEntries(kind.fields.map(({ name, usual }) => [name, filled[name] ?? usual]));
  const venue = venues.find(({ venue_id }) => venue_id === said.venue);
  const payload: Record<string, unknown> = {};
  for (const { name, kind: sort } of kind.fields) {
    if (!["venue", "user_id", "hours"].includes(name)) {
      payload[name] = sort === "number" ? Number(said[name]) : said[name];
    }
  }
  const hours = Number(said.hours ?? 0);
  const until = new Date(Date.parse(now) + hours * 3_600_000).toISOString();
  if (kind.eventType === "special_event.started") {
    Object.assign(payload, { starts_at: now, ends_at: until, latitude: venue?.latitude, longitude: venue?.longitude });
  } else if (kind.eventType === "promotion.started") {
    payload.ends_at = until;
  } else if (kind.eventType === "traffic.changed") {
    payload.hours = hours;
  }
  const place = venue === undefined || kind.eventType === "special_event.started" ? {} : { venue_id: venue.venue_id };
  return { event_type: kind.eventType, channel: kind.channel, payload, ...place, ...(said.user_id === undefined ? {} : { user_id: said.user_id }) };
}
