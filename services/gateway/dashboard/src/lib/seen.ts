/** Events heard already, by id; bounded, and empty while there is only one path to hear them by. */
import type { CityEvent } from "./types.ts";

const MOST = 30_000;

export class Seen {
  readonly #ids = new Set<string>();

  get empty(): boolean {
    return this.#ids.size === 0;
  }

  learn(events: readonly CityEvent[]): void {
    for (const { event_id } of events) {
      this.#ids.add(event_id);
    }
    for (const eldest of this.#ids) {
      if (this.#ids.size <= MOST) {
        break;
      }
      this.#ids.delete(eldest);
    }
  }

  fresh(events: readonly CityEvent[]): readonly CityEvent[] {
    return this.#ids.size === 0 ? events : events.filter(({ event_id }) => !this.#ids.has(event_id));
  }

  clear(): void {
    this.#ids.clear();
  }
}
