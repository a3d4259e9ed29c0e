/** Events that a single venue holds, beside those of the whole city. */
import { capital, plain, shortTime } from "../../lib/format.ts";
import type { SpecialEvent } from "./surroundings.ts";

/** An event with the venue that holds it. */
export type HouseEvent = SpecialEvent & { readonly venue_id: string };

const isOfHouse = (event: SpecialEvent): event is HouseEvent => event.venue_id !== null;

export const ofTheCity = (events: readonly SpecialEvent[]): SpecialEvent[] => events.filter((event) => !isOfHouse(event));

/** What venues hold: first what is on, then what begins soonest. */
export function ofHouses(events: readonly SpecialEvent[]): HouseEvent[] {
  const rank = ({ phase, starts_at }: HouseEvent): string => `${phase === "started" ? 0 : 1}${starts_at}`;
  return events.filter(isOfHouse).sort((one, other) => rank(one).localeCompare(rank(other)));
}

/** `Quiz night, 20:00 to 22:00`; empty where the venue holds nothing today. */
export function heldAt(events: readonly SpecialEvent[], venueId: string): string {
  const held = ofHouses(events).find(({ venue_id }) => venue_id === venueId);
  return held === undefined ? "" : `${capital(plain(held.kind))}, ${shortTime(held.starts_at)} to ${shortTime(held.ends_at)}`;
}
