/** The page's one source: both sockets, the stores they fill, and listeners for what is drawn outside React. */
import { admitted, controlAddress } from "./admission.ts";
import { api, type Api, type Method } from "./api.ts";
import { ControlClient } from "./control.ts";
import { Fallback, type Path } from "./fallback.ts";
import { FeedStore } from "./feed.ts";
import { People } from "./people.ts";
import { settle } from "./place.ts";
import { Rates } from "./rates.ts";
import { browser, socketUrl, type Link, type Surroundings } from "./socket.ts";
import { Store } from "./store.ts";
import { keepToken } from "./token.ts";
import { StreamClient, type Resync } from "./stream.ts";
import type { CityEvent, Scenario, SimulationState, Stats, Venue, Weather } from "./types.ts";

export interface Directory {
  readonly status: "loading" | "ready" | "failed";
  readonly venues: readonly Venue[];
  readonly reason: string;
}

const EMPTY: Directory = { status: "loading", venues: [], reason: "" };
const CONNECTING: Link = { kind: "connecting", attempt: 0 };
const RETRY_MS = 4000;
/** Venues come, are rated and change their prices while the page lies open. */
const VENUES_MS = 60_000;

export type EventsListener = (events: readonly CityEvent[]) => void;

export class Luna {
  readonly streamLink = new Store<Link>(CONNECTING);
  readonly controlLink = new Store<Link>(CONNECTING);
  readonly state = new Store<SimulationState | null>(null);
  readonly stats = new Store<Stats | null>(null);
  readonly directory = new Store<Directory>(EMPTY);
  readonly scenarios = new Store<readonly Scenario[]>([]);
  readonly weather = new Store<Weather | null>(null);
  readonly feed = new FeedStore();
  /** The record that lies open beside the view. */
  readonly inspected = new Store<CityEvent | null>(null);
  readonly rates: Rates;
  readonly people = new People();
  readonly control: ControlClient;
  /** How live data comes: the socket, or what stands in for it. */
  readonly path: Store<Path>;
  readonly #stream: StreamClient;
  readonly #fallback: Fallback;
  readonly #api: Api;
  readonly #around: Surroundings;
  readonly #live = new Set<EventsListener>();
  readonly #restarts = new Set<() => void>();
  #branch: string | null = null;
  #running = false;
  #cancelVenues: () => void = () => undefined;

  constructor(source: Api = api, around: Surroundings = browser) {
    this.#api = source;
    this.#around = around;
    this.rates = new Rates(around.now);
    const onResync = ({ channels, reason }: Resync) => this.feed.forget(channels, reason);
    const hearing = { onEvents: (events: readonly CityEvent[]) => this.#hear(events), onStats: (stats: Stats) => this.#count(stats), onResync };
    this.#fallback = new Fallback(source, around, { ...hearing, onSkipped: (records) => this.#hear([], records) }, (url) => admitted(source, url));
    this.path = this.#fallback.path;
    this.#stream = new StreamClient(
      () => admitted(source, socketUrl("/ws/stream")),
      {
        onLink: (link) => this.#linked(link),
        onBatch: ({ events, skipped }) => this.#hear(this.#fallback.fresh(events), skipped),
        onCounters: (stats) => this.#count(stats),
        onResync,
        onTrouble: (message) => this.feed.trouble(message),
      },
      around,
    );
    this.control = new ControlClient(
      () => controlAddress(source),
      { onLink: (link) => this.controlLink.set(link), onState: (state) => this.#tell(state) },
      (path, body) => this.#api.order(path, body),
      around,
    );
  }

  start(): void {
    this.#running = true;
    this.#stream.start();
    this.control.start();
    void this.#recall();
    void this.#loadCity();
  }

  stop(): void {
    this.#running = false;
    this.#cancelVenues();
    this.#stream.stop();
    this.#fallback.stop();
    this.control.stop();
  }

  /** Connect at once. */
  hurry(): void {
    this.#stream.hurry();
    this.control.hurry();
  }

  /** Control, and reading where it is guarded, with a token; it is kept until the page's tab is closed. */
  unlock(token: string): void {
    keepToken(token);
    this.hurry();
    if (this.directory.latest().status === "failed") {
      this.#restarts.forEach((listener) => listener());
    }
  }

  /** Live events as they arrive, in batches; for canvases. */
  onEvents(listener: EventsListener): () => void {
    this.#live.add(listener);
    return () => this.#live.delete(listener);
  }

  /** A new branch: everything drawn so far belongs to another telling of the city. */
  onRestart(listener: () => void): () => void {
    this.#restarts.add(listener);
    return () => this.#restarts.delete(listener);
  }

  /** An answer of `/api/v1${path}`; throws `ApiError` with the gateway's words. */
  ask<Answer>(path: string, base?: string): Promise<Answer> {
    return this.#api.get<Answer>(path, base);
  }

  /** Asks a service to do something at `/api/v1${path}`; throws as `ask` does. */
  write<Answer>(method: Method, path: string, body?: object): Promise<Answer> {
    return this.#api.write<Answer>(method, path, body);
  }

  recentAt(venueId: string): Promise<readonly CityEvent[]> {
    return this.#api.eventsOfVenue(venueId, 8);
  }

  /** A first failure may be a hiccup; after the second something stands in for the socket. */
  #linked(link: Link): void {
    this.streamLink.set(link);
    if (link.kind === "open") {
      this.#fallback.end();
    } else if (link.kind === "waiting" && link.attempt >= 2) {
      this.#fallback.begin(this.feed.ring.toArray(), this.#stream.token());
    }
  }

  #hear(events: readonly CityEvent[], skipped = 0): void {
    this.people.learn(events);
    this.feed.add(events, skipped);
    const told = events.findLast((event) => event.event_type === "weather.changed");
    if (told?.condition !== undefined) {
      this.weather.set({ condition: told.condition, temperature_c: told.temperature_c ?? 0, precipitation_mm: told.precipitation_mm, wind_kph: told.wind_kph });
    }
    for (const listener of this.#live) {
      listener(events);
    }
  }

  #count(stats: Stats): void {
    this.#tell(stats);
    this.stats.set(stats);
    this.rates.sample(stats);
  }

  #tell(state: SimulationState): void {
    const branch = state.run_id === null ? null : `${state.run_id}/${state.branch ?? 0}`;
    const restarted = this.#branch !== null && branch !== null && branch !== this.#branch;
    this.#branch = branch ?? this.#branch;
    settle(state.city, state.time_zone);
    this.state.set(state);
    if (restarted) {
      this.#restart();
    }
  }

  #restart(): void {
    this.feed.clear();
    this.inspected.set(null);
    this.people.clear();
    this.rates.clear();
    this.weather.set(null);
    this.#restarts.forEach((listener) => listener());
    this.directory.set(EMPTY);
    void this.#loadCity();
  }

  /** Charts begin with what the gateway counted before; what it cannot say is not missed. */
  async #recall(): Promise<void> {
    const course = await this.#api.course().catch(() => null);
    const branch = course === null || course.run_id === null ? null : `${course.run_id}/${course.branch ?? 0}`;
    if (course !== null && branch !== null && (this.#branch ?? branch) === branch) {
      this.#branch = branch;
      this.rates.recall(course);
    }
  }

  /** Venues, weather and scenarios; asked again until the gateway has them. */
  async #loadCity(): Promise<void> {
    const branch = this.#branch;
    try {
      const [venues, environment, scenarios] = await Promise.all([
        this.#api.venues(), this.#api.environment(), this.#api.scenarios(),
      ]);
      if (this.#branch !== null && branch !== null && branch !== this.#branch) {
        return;
      }
      this.scenarios.set(scenarios);
      this.weather.update((known) => known ?? environment.weather);
      this.directory.set({ status: "ready", venues, reason: "" });
      if (venues.length === 0) {
        this.#retry();
      } else {
        this.#venuesLater();
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : "The gateway did not answer";
      this.directory.update((known) => (known.status === "ready" ? known : { status: "failed", venues: [], reason }));
      this.#retry();
    }
  }

  /** Nobody looks at a hidden page; what cannot be had now is kept as it was. */
  #venuesLater(): void {
    this.#cancelVenues();
    this.#cancelVenues = this.#around.after(VENUES_MS, () => {
      const branch = this.#branch;
      const asked = document.hidden ? Promise.resolve([]) : this.#api.venues();
      void asked.catch(() => []).then((venues) => {
        if (this.#running && branch === this.#branch) {
          this.directory.update((known) => (venues.length === 0 || known.status !== "ready" ? known : { ...known, venues }));
          this.#venuesLater();
        }
      });
    });
  }

  #retry(): void {
    this.#around.after(RETRY_MS, () => {
      if (this.#running) {
        void this.#loadCity();
      }
    });
  }
}
