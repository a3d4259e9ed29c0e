/** Stand-ins for what is outside the page: a server's side of sockets, time, frames. */
import type { Listening, Surroundings, Wire } from "../src/lib/socket.ts";
import type { CityEvent, Environment, Stats } from "../src/lib/types.ts";

/** The other end of one connection. */
export class FakeWire implements Wire {
  readonly url: string;
  readonly sent: { type: string; request_id?: string; payload?: Record<string, unknown> }[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;

  constructor(url: string) {
    this.url = url;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as FakeWire["sent"][number]);
  }

  close(): void {
    this.closed = true;
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

/** Time moves only when told to. */
export class FakeWorld implements Surroundings {
  readonly wires: FakeWire[] = [];
  #now = 1_000_000;
  #timers: { at: number; task: () => void }[] = [];

  dial = (url: string): FakeWire => {
    const wire = new FakeWire(url);
    this.wires.push(wire);
    return wire;
  };

  /** Each stream of server-sent events that was asked for, with who listens to it. */
  readonly streams: { readonly url: string; readonly hearing: Listening; closed: boolean }[] = [];

  listen = (url: string, hearing: Listening): (() => void) => {
    const stream = { url, hearing, closed: false };
    this.streams.push(stream);
    return () => {
      stream.closed = true;
    };
  };

  after = (milliseconds: number, task: () => void): (() => void) => {
    const timer = { at: this.#now + milliseconds, task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  now = (): number => this.#now;

  chance = (): number => 0;

  get wire(): FakeWire {
    const newest = this.wires.at(-1);
    if (newest === undefined) {
      throw new Error("nobody has dialled");
    }
    return newest;
  }

  pass(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) {
        break;
      }
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = due.at;
      due.task();
    }
    this.#now = until;
  }
}

/** Frames that come when told to. */
export class FakeFrames {
  #tasks: (() => void)[] = [];

  readonly schedule = (task: () => void): void => {
    this.#tasks.push(task);
  };

  get waiting(): number {
    return this.#tasks.length;
  }

  paint(): void {
    const tasks = this.#tasks;
    this.#tasks = [];
    tasks.forEach((task) => task());
  }
}

/** Surroundings where nothing is. */
export const NOWHERE: Environment = { city: null, weather: null, traffic: null, holiday: null, special_events: [], promotions: [], trending: [] };

let made = 0;

export function anEvent(columns: Partial<CityEvent> = {}): CityEvent {
  made += 1;
  return {
    topic: "user_actions",
    partition: 0,
    offset: made,
    record_timestamp: 0,
    event_id: `e${made}`,
    event_type: "venue.viewed",
    run_id: "r",
    branch: 1,
    simulation_time: "2026-06-05T22:00:00.000000Z",
    world: "dining",
    city: "new_york",
    source: "simulator",
    user_id: "u0000123",
    user_name: "Ada Reyes",
    venue_id: "v00012",
    venue_name: "Bar Luce",
    ...columns,
  };
}

export function someStats(changes: Partial<Stats> = {}): Stats {
  return {
    run_id: "r", branch: 1, phase: "running", tick: 1, simulation_time: "2026-06-05T22:00:00.000000Z", start_time: null,
    speed_target: 60, speed_achieved: 60, rate_target: null, rate_achieved: 41, reason: null, population: 2000, active_users: 10, scenarios: [],
    scenario: null, world: "dining", city: "new_york", time_zone: "America/New_York", caught_up: true, connected: true, wall_time: "2026-06-05T22:00:00.000000Z",
    events: {}, services: {}, clients: {},
    totals: {}, events_per_second: 40, topic_rates: { user_actions: 30 }, bookings_per_minute: 2, recommendations_per_second: 1,
    conversion: {}, dlq: {}, lag: {}, latency_ms: { p50: 20, p99: 80, count: 5 },
    ...changes,
  };
}
