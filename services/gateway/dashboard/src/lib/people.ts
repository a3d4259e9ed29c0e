/** Where people were last heard of; bounded, the longest silent are forgotten. */
import type { CityEvent } from "./types.ts";

export interface Place {
  readonly longitude: number;
  readonly latitude: number;
}

const MOST = 20_000;

export class People {
  readonly #places = new Map<string, Place>();

  get size(): number {
    return this.#places.size;
  }

  learn(events: readonly CityEvent[]): void {
    for (const { user_id, latitude, longitude } of events) {
      if (user_id !== undefined && latitude !== undefined && longitude !== undefined) {
        this.#places.delete(user_id);
        this.#places.set(user_id, { longitude, latitude });
      }
    }
    for (const eldest of this.#places.keys()) {
      if (this.#places.size <= MOST) {
        break;
      }
      this.#places.delete(eldest);
    }
  }

  placeOf(userId: string | undefined): Place | undefined {
    return userId === undefined ? undefined : this.#places.get(userId);
  }

  clear(): void {
    this.#places.clear();
  }
}
