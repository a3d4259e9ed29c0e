/** /ws/stream: live records in batches, resumed after a break from where they stopped. */
import type { CityEvent, EventType, Stats, TopicName } from "./types.ts";
import { LiveSocket, browser, type Address, type Link, type Surroundings } from "./socket.ts";

export interface Batch {
  readonly channel: TopicName;
  readonly events: readonly CityEvent[];
  /** Records too many to send; the gateway says so instead of dropping them silently. */
  readonly skipped: number;
}

export interface Resync {
  readonly channels: readonly TopicName[];
  readonly reason: string;
}

export interface StreamHearing {
  readonly onLink: (link: Link) => void;
  readonly onBatch: (batch: Batch) => void;
  readonly onCounters: (stats: Stats) => void;
  readonly onResync: (resync: Resync) => void;
  readonly onTrouble: (message: string) => void;
}

interface Group {
  readonly channels: readonly TopicName[];
  readonly eventTypes: readonly EventType[];
}

/** What the page shows. The services' bookkeeping would drown the city, so only the telling part of it is asked for. */
export const GROUPS: readonly Group[] = [
  {
    channels: [
      "user_actions", "social_interactions", "bookings", "recommendations", "environment", "simulation_control",
      "preferences", "journeys", "ground_truth",
    ],
    eventTypes: [],
  },
  { channels: ["system_metrics"], eventTypes: ["anomaly.detected", "notification.dispatched"] },
];

const RECENT = 40;

type Message =
  | { readonly type: "hello" }
  | { readonly type: "events"; readonly channel: TopicName; readonly position: string; readonly events: readonly CityEvent[]; readonly skipped?: number }
  | { readonly type: "resync"; readonly channels: readonly TopicName[]; readonly reason: string; readonly positions?: Readonly<Record<string, string>> }
  | { readonly type: "counters"; readonly payload: Stats }
  | { readonly type: "error"; readonly message: string }
  | { readonly type: "heartbeat" | "subscribed" | "unsubscribed" | "pong" };

export class StreamClient {
  readonly #socket: LiveSocket;
  readonly #hearing: StreamHearing;
  readonly #positions = new Map<string, string>();
  #requests = 0;

  constructor(address: Address, hearing: StreamHearing, around: Surroundings = browser) {
    this.#hearing = hearing;
    this.#socket = new LiveSocket(
      address,
      { onLink: hearing.onLink, onMessage: (message) => this.#obey(message as Message) },
      around,
    );
  }

  start(): void {
    this.#socket.start();
  }

  stop(): void {
    this.#socket.stop();
  }

  hurry(): void {
    this.#socket.hurry();
  }

  #obey(message: Message): void {
    switch (message.type) {
      case "hello":
        this.#subscribe();
        break;
      case "events":
        this.#positions.set(message.channel, message.position);
        this.#hearing.onBatch({ channel: message.channel, events: message.events, skipped: message.skipped ?? 0 });
        break;
      case "resync":
        this.#resync(message.channels, message.positions ?? {}, message.reason);
        break;
      case "counters":
        this.#hearing.onCounters(message.payload);
        break;
      case "error":
        this.#hearing.onTrouble(message.message);
        break;
      default:
        break;
    }
  }

  /** Where every channel stands, for whoever goes on by another path; empty before anything was heard. */
  token(): string {
    const places = [...this.#positions].map(([channel, position]) => [channel, ...position.split(":", 2)] as const);
    const epoch = places.at(-1)?.[1] ?? "";
    const vectors = places.filter(([, of, vector]) => of === epoch && vector !== undefined).map(([channel, , vector]) => `${channel}=${vector ?? ""}`);
    return vectors.length === 0 ? "" : `${epoch}:${vectors.join(",")}`;
  }

  /** Channels seen before go on from their position; the others begin with some recent records. */
  #subscribe(): void {
    for (const { channels, eventTypes } of GROUPS) {
      const known = channels.filter((channel) => this.#positions.has(channel));
      const fresh = channels.filter((channel) => !this.#positions.has(channel));
      const positions = Object.fromEntries(known.map((channel) => [channel, this.#positions.get(channel)]));
      this.#ask(known, { filters: { event_types: eventTypes }, positions });
      this.#ask(fresh, { filters: { event_types: eventTypes }, recent: RECENT });
    }
  }

  #ask(channels: readonly TopicName[], rest: object): void {
    if (channels.length > 0) {
      this.#requests += 1;
      this.#socket.send({ type: "subscribe", request_id: `s${this.#requests}`, payload: { channels, ...rest } });
    }
  }

  #resync(channels: readonly TopicName[], positions: Readonly<Record<string, string>>, reason: string): void {
    for (const channel of channels) {
      const position = positions[channel];
      if (position === undefined) {
        this.#positions.delete(channel);
      } else {
        this.#positions.set(channel, position);
      }
    }
    this.#hearing.onResync({ channels, reason });
  }
}
