/** Suggestions and their fate. */
import type { CityEvent } from "../../../lib/types.ts";

export type Fate = "accepted" | "ignored";

/** What became of suggestions, by the id that the answer names (an item, or its list). */
export function fatesOf(events: readonly CityEvent[]): ReadonlyMap<string, Fate> {
  const fates = new Map<string, Fate>();
  for (const { event_type, recommendation_id } of events) {
    if (recommendation_id !== undefined && event_type === "recommendation.accepted") {
      fates.set(recommendation_id, "accepted");
    } else if (recommendation_id !== undefined && event_type === "recommendation.ignored" && !fates.has(recommendation_id)) {
      fates.set(recommendation_id, "ignored");
    }
  }
  return fates;
}

/** Suggestions made to this person, not those that name them to somebody else. */
export const suggestedTo = (userId: string, events: readonly CityEvent[]): CityEvent[] =>
  events.filter((event) => event.event_type === "recommendation.generated" && event.user_id === userId);
