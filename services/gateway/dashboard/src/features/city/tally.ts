/** What this page has seen happen at each venue. */
import type { CityEvent, EventType } from "../../lib/types.ts";

export interface Seen {
  readonly views: number;
  readonly bookings: number;
  readonly visits: number;
  readonly reviews: number;
}

const NONE: Seen = { views: 0, bookings: 0, visits: 0, reviews: 0 };

const COUNTED: Readonly<Partial<Record<EventType, keyof Seen>>> = {
  "venue.viewed": "views",
  "booking.confirmed": "bookings",
  "visit.started": "visits",
  "review.submitted": "reviews",
};

export class Tally {
  readonly #seen = new Map<string, Seen>();

  count({ event_type, venue_id }: Pick<CityEvent, "event_type" | "venue_id">): void {
    const kind = COUNTED[event_type];
    if (kind !== undefined && venue_id !== undefined) {
      const seen = this.of(venue_id);
      this.#seen.set(venue_id, { ...seen, [kind]: seen[kind] + 1 });
    }
  }

  of(venueId: string): Seen {
    return this.#seen.get(venueId) ?? NONE;
  }

  clear(): void {
    this.#seen.clear();
  }
}
