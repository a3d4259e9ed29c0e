/** Live data while the socket cannot be had: server-sent events, and where even those do not come, asking every few seconds. */
import type { Api } from "./api.ts";
import { Seen } from "./seen.ts";
import type { Listening, Surroundings } from "./socket.ts";
import { Store } from "./store.ts";
import { GROUPS, type Resync } from "./stream.ts";
import type { ChannelPage } from "../generated/api.ts";
import type { CityEvent, Stats } from "./types.ts";

/** How the page hears the city. */
export type Path = "socket" | "events" | "polling" | "away";

export interface FallbackHearing {
  readonly onEvents: (events: readonly CityEvent[]) => void;
  readonly onStats: (stats: Stats) => void;
  /** So many were not sent. */
  readonly onSkipped: (records: number) => void;
  readonly onResync: (resync: Resync) => void;
}

const STATS_EVERY_MS = 2000;
const EVENTS_EVERY_MS = 3000;
const GATHER_MS = 120;
/** Server-sent events that fail so often are given up for asking. */
const TRIES = 2;
const PAGE = 200;
/** How long after the socket is back its records may repeat what was heard meanwhile. */
const REPEATS_MS = 30_000;

const STREAM = "/api/v1/admin/streams/subscribe-all";
/** `all` leaves out what is told of somebody without anything happening, and the services' bookkeeping. */
const HISTORIES = [
  `/admin/streams/history/all?limit=${PAGE}`,
  `/admin/streams/history/preferences?limit=${PAGE}`,
  ...GROUPS.filter(({ eventTypes }) => eventTypes.length > 0).map(
    ({ channels, eventTypes }) => `/admin/streams/history/${channels[0] ?? ""}?limit=${PAGE}&event_type=${eventTypes.join(",")}`,
  ),
];

export class Fallback {
  readonly path = new Store<Path>("away");
  readonly #api: Api;
  readonly #around: Surroundings;
  readonly #hearing: FallbackHearing;
  readonly #seen = new Seen();
  #on = false;
  #failures = 0;
  #gathered: CityEvent[] = [];
  #streams: (() => void)[] = [];
  /** Where each stream stands, by its place in `GROUPS`. */
  #positions: string[] = [];
  #timers: (() => void)[] = [];
  /** Counts the times it listened: an address that comes late is no longer wanted. */
  #turn = 0;
  #forget: () => void = () => undefined;

  /** What is wanted of an address before it is listened to: a ticket that opens one stream. */
  readonly #admitted: (url: string) => string | Promise<string>;

  constructor(api: Api, around: Surroundings, hearing: FallbackHearing, admitted: (url: string) => string | Promise<string> = (url) => url) {
    this.#admitted = admitted;
    this.#api = api;
    this.#around = around;
    this.#hearing = hearing;
  }

  /** The socket is away; `known` are the events the page has already, and `position` is where it stands. */
  begin(known: readonly CityEvent[], position = ""): void {
    if (this.#on) {
      return;
    }
    this.#on = true;
    this.#failures = 0;
    this.#positions = GROUPS.map(() => position);
    this.#forget();
    this.path.set("away");
    this.#seen.learn(known);
    this.#every(STATS_EVERY_MS, () => this.#askStats());
    this.#listen();
  }

  /** The socket is back. */
  end(): void {
    this.path.set("socket");
    if (this.#on) {
      this.#on = false;
      this.#quiet();
      this.#forget = this.#around.after(REPEATS_MS, () => this.#seen.clear());
    }
  }

  stop(): void {
    this.#on = false;
    this.#quiet();
    this.#forget();
  }

  /** Those that the page has not heard by another path. */
  fresh(events: readonly CityEvent[]): readonly CityEvent[] {
    return this.#seen.fresh(events);
  }

  #quiet(): void {
    this.#closeStreams();
    this.#timers.forEach((cancel) => cancel());
    this.#timers = [];
  }

  #closeStreams(): void {
    this.#turn += 1;
    this.#streams.forEach((close) => close());
    this.#streams = [];
  }

  /** Goes on from where each stream stands; the first says whether they come. */
  #listen(): void {
    this.#closeStreams();
    GROUPS.forEach((_, place) => this.#open(place, this.#turn));
  }

  #open(place: number, turn: number): void {
    const first = place === 0;
    const hearing: Listening = {
      onReady: () => {
        if (first) {
          this.#failures = 0;
          this.path.set("events");
        }
      },
      onRecord: (text, position) => {
        this.#positions[place] = position;
        this.#gather(text);
      },
      onSkipped: (text) => this.#hearing.onSkipped((JSON.parse(text) as { records: number }).records),
      onResync: (text, position) => {
        this.#positions[place] = position;
        this.#resync(JSON.parse(text) as Resync);
      },
      onFault: () => (first ? this.#fail(typeof address !== "string") : undefined),
    };
    const address = this.#admitted(streamOf(place, this.#positions[place] ?? ""));
    const open = (url: string) => {
      if (turn === this.#turn) {
        this.#streams.push(this.#around.listen(url, hearing));
      }
    };
    if (typeof address === "string") {
      open(address);
    } else {
      void address.then(open);
    }
  }

  /** What broke off comes back by itself, but for a ticket, which is used up. */
  #fail(ticketed: boolean): void {
    this.#failures += 1;
    if (this.#on && this.#failures === TRIES) {
      this.#closeStreams();
      this.#every(EVENTS_EVERY_MS, () => this.#askEvents());
    } else if (this.#on && ticketed && this.#failures < TRIES) {
      this.#listen();
    }
  }

  #gather(text: string): void {
    this.#gathered.push(JSON.parse(text) as CityEvent);
    if (this.#gathered.length === 1) {
      this.#around.after(GATHER_MS, () => {
        const events = this.#gathered;
        this.#gathered = [];
        this.#tell(events);
      });
    }
  }

  /** What was gathered of these channels came before the hole, and goes with what the page kept of them. */
  #resync({ channels, reason }: Resync): void {
    this.#gathered = this.#gathered.filter(({ topic }) => !channels.includes(topic));
    this.#hearing.onResync({ channels, reason });
  }

  #tell(events: readonly CityEvent[]): void {
    const fresh = this.#seen.fresh(events);
    if (this.#on && fresh.length > 0) {
      this.#seen.learn(fresh);
      this.#hearing.onEvents(fresh);
    }
  }

  async #askEvents(): Promise<void> {
    try {
      const pages = await Promise.all(HISTORIES.map((path) => this.#api.get<ChannelPage>(path)));
      this.path.set(this.#on ? "polling" : this.path.latest());
      const passed = ({ events }: ChannelPage) => events.length >= PAGE && this.#seen.fresh(events).length === events.length;
      if (this.#on && !this.#seen.empty && pages.some(passed)) {
        this.#hearing.onResync({ channels: [], reason: "asked" });
      }
      this.#tell(pages.flatMap(({ events }) => events.toReversed()));
    } catch {
      this.#lost();
    }
  }

  async #askStats(): Promise<void> {
    try {
      const stats = await this.#api.get<Stats>("/admin/stats");
      if (this.#on) {
        this.#hearing.onStats(stats);
      }
    } catch {
      this.#lost();
    }
  }

  #lost(): void {
    if (this.#on) {
      this.path.set("away");
    }
  }

  /** At once, and then every so often, never twice at a time. */
  #every(milliseconds: number, task: () => Promise<void>): void {
    const place = this.#timers.length;
    const run = () => {
      void task().then(() => {
        if (this.#on) {
          this.#timers[place] = this.#around.after(milliseconds, run);
        }
      });
    };
    this.#timers[place] = () => undefined;
    run();
  }
}

/** The address of a group of channels, from where the page stands. */
function streamOf(place: number, position: string): string {
  const { channels, eventTypes } = GROUPS[place] ?? { channels: [], eventTypes: [] };
  const asked = new URLSearchParams({ channels: channels.join(",") });
  if (eventTypes.length > 0) {
    asked.set("event_type", eventTypes.join(","));
  }
  if (position !== "") {
    asked.set("last_event_id", position);
  }
  return `${STREAM}?${asked.toString()}`;
}
