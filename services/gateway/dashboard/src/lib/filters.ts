/** Which events the feed shows. */
import { plainSentence } from "./sentences/index.ts";
import type { Ring } from "./ring.ts";
import type { CityEvent, TopicName } from "./types.ts";

export interface FeedFilter {
  readonly channels: ReadonlySet<TopicName>;
  /** One event type, or all. */
  readonly eventType: string;
  /** Part of a sentence, an event type or an id. */
  readonly text: string;
  /** Event types that are left out. */
  readonly without?: ReadonlySet<string>;
}

export const CHANNELS: readonly { readonly topic: TopicName; readonly title: string; readonly family: string }[] = [
  { topic: "user_actions", title: "Actions", family: "browsing" },
  { topic: "social_interactions", title: "Social", family: "social" },
  { topic: "bookings", title: "Bookings", family: "booking" },
  { topic: "recommendations", title: "Suggested", family: "suggestion" },
  { topic: "journeys", title: "Journeys", family: "dining" },
  { topic: "preferences", title: "Tastes", family: "suggestion" },
  { topic: "environment", title: "City", family: "city" },
  { topic: "simulation_control", title: "Control", family: "system" },
  { topic: "ground_truth", title: "Truth", family: "city" },
  { topic: "system_metrics", title: "System", family: "system" },
];

export const FIRST_FILTER: FeedFilter = {
  channels: new Set<TopicName>(["user_actions", "social_interactions", "bookings", "recommendations", "environment", "simulation_control"]),
  eventType: "",
  text: "",
};

export function passes(event: CityEvent, { channels, eventType, text, without }: FeedFilter): boolean {
  if (without?.has(event.event_type) === true || !channels.has(event.topic) || (eventType !== "" && event.event_type !== eventType)) {
    return false;
  }
  const wanted = text.trim().toLowerCase();
  return wanted === "" || haystack(event).includes(wanted);
}

const haystack = (event: CityEvent): string =>
  [plainSentence(event), event.event_type, event.user_id, event.venue_id, event.other_user_id, event.event_id, event.cause_id]
    .join(" ")
    .toLowerCase();

/** Newest first, at most `most`. */
export function newest(ring: Ring<CityEvent>, filter: FeedFilter, most: number): CityEvent[] {
  const found: CityEvent[] = [];
  for (let index = ring.size - 1; index >= 0 && found.length < most; index -= 1) {
    const event = ring.at(index);
    if (event !== undefined && passes(event, filter)) {
      found.push(event);
    }
  }
  return found;
}

/** Event types among the kept events, for the menu. */
export function typesIn(ring: Ring<CityEvent>, channels: ReadonlySet<TopicName>): string[] {
  const types = new Set<string>();
  for (let index = 0; index < ring.size; index += 1) {
    const event = ring.at(index);
    if (event !== undefined && channels.has(event.topic)) {
      types.add(event.event_type);
    }
  }
  return [...types].sort();
}

export function toggled(channels: ReadonlySet<TopicName>, topic: TopicName): ReadonlySet<TopicName> {
  const next = new Set(channels);
  if (!next.delete(topic)) {
    next.add(topic);
  }
  return next;
}
