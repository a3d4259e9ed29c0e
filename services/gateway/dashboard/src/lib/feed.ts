/** The newest events, bounded; the page is told a few times a second however many arrive. */
import { Ring } from "./ring.ts";
import { Store, nextFrame, type Schedule } from "./store.ts";
import type { CityEvent, TopicName } from "./types.ts";

export interface Feed {
  /** Grows with every change. */
  readonly version: number;
  /** Events ever received, kept or not. */
  readonly received: number;
  /** Events the gateway held back because they were too many. */
  readonly skipped: number;
  readonly notice: string;
}

const START: Feed = { version: 0, received: 0, skipped: 0, notice: "" };

const REASONS: Readonly<Record<string, string>> = {
  gap: "Some events were missed while the connection was away",
  epoch: "The city was restarted; earlier events are gone",
  new_branch: "A new telling of the city has begun",
  asked: "More events passed than can be asked for at a time; some are missing here",
  overflow: "Events came faster than this page could take them",
};

/** Reading faster than this is nobody's gift. */
const EVERY_MS = 160;

const unhurried: Schedule = (task) => {
  setTimeout(() => nextFrame(task), EVERY_MS);
};

export class FeedStore extends Store<Feed> {
  readonly ring: Ring<CityEvent>;

  constructor(capacity = 4000, schedule: Schedule = unhurried) {
    super(START, schedule);
    this.ring = new Ring(capacity);
  }

  add(events: readonly CityEvent[], skipped = 0): void {
    for (const event of events) {
      this.ring.push(event);
    }
    this.update((feed) => ({
      ...feed,
      version: feed.version + 1,
      received: feed.received + events.length,
      skipped: feed.skipped + skipped,
    }));
  }

  /** Records of these channels were missed: what is kept of them has a hole, so it goes. */
  forget(channels: readonly TopicName[], reason: string): void {
    const gone = new Set<TopicName>(channels);
    const kept = this.ring.toArray().filter((event) => !gone.has(event.topic));
    this.ring.clear();
    kept.forEach((event) => this.ring.push(event));
    this.#notice(REASONS[reason] ?? `Events were missed: ${reason}`);
  }

  trouble(message: string): void {
    this.#notice(message);
  }

  clear(): void {
    this.ring.clear();
    this.#notice("");
  }

  #notice(notice: string): void {
    this.update((feed) => ({ ...feed, version: feed.version + 1, notice }));
  }
}
