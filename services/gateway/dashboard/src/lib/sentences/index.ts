/** Every event type as a sentence with names instead of ids; the compiler holds the list complete. */
import type { CityEvent, EventType } from "../types.ts";
import { CONTROL, ENVIRONMENT, METRICS, ROWS, TRUTH } from "./city.ts";
import { ACTIONS, SOCIAL } from "./people.ts";
import { BOOKINGS, JOURNEYS, PREFERENCES, RECOMMENDATIONS } from "./places.ts";
import type { Part, Sentence, Tellers } from "./words.ts";

export type { Part, Sentence } from "./words.ts";

export const TELLERS: Tellers<EventType> = {
  ...ACTIONS,
  ...SOCIAL,
  ...BOOKINGS,
  ...RECOMMENDATIONS,
  ...ENVIRONMENT,
  ...METRICS,
  ...CONTROL,
  ...TRUTH,
  ...PREFERENCES,
  ...JOURNEYS,
  ...ROWS,
};

/** A type this page does not know yet is told by its name. */
export function sentenceOf(event: CityEvent): Sentence {
  const known: Readonly<Record<string, ((event: CityEvent) => Sentence) | undefined>> = TELLERS;
  return (known[event.event_type] ?? (() => [event.event_type]))(event).filter((part) => part !== "");
}

const text = (part: Part): string => (typeof part === "string" ? part : part.strong);

export const plainSentence = (event: CityEvent): string => sentenceOf(event).map(text).join("");
