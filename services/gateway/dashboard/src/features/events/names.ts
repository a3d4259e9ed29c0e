/** Names for records of the event store, which keeps ids: taken from whatever else is known. */
import type { CityEvent, Venue } from "../../lib/types.ts";

/** The same records with the names that `known` records and the venues have for their ids. */
export function withNames(events: readonly CityEvent[], known: readonly CityEvent[], venues: readonly Venue[]): CityEvent[] {
  const names = new Map<string, string>(venues.map(({ venue_id, name }) => [venue_id, name]));
  const learn = (id: string | null | undefined, name: string | null | undefined) => {
    if (typeof id === "string" && typeof name === "string") {
      names.set(id, name);
    }
  };
  for (const event of [...known, ...events]) {
    learn(event.user_id, event.user_name);
    learn(event.other_user_id, event.other_user_name);
  }
  const of = (id: string | undefined) => (id === undefined ? undefined : names.get(id));
  return events.map((event) => ({
    ...event,
    user_name: event.user_name ?? of(event.user_id),
    other_user_name: event.other_user_name ?? of(event.other_user_id),
    venue_name: event.venue_name ?? of(event.venue_id),
  }));
}
