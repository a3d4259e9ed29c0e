/** A WebSocket that comes back by itself, and says where it stands. */
import { RECONNECT, waitMs, type BackoffPolicy } from "./backoff.ts";

export type Link =
  | { readonly kind: "connecting"; readonly attempt: number }
  | { readonly kind: "open"; readonly since: number }
  | { readonly kind: "waiting"; readonly attempt: number; readonly until: number; readonly reason: string; readonly code: number };

/** The part of WebSocket used here, so that a test can stand in for a server. */
export interface Wire {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
}

/** What one hears of server-sent events. */
export interface Listening {
  readonly onReady: () => void;
  /** A record, and where the stream stands after it. */
  readonly onRecord: (text: string, position: string) => void;
  /** Records were too many to send; how many, of which channel. */
  readonly onSkipped: (text: string) => void;
  /** Records of some channels were missed, or belong to another telling from here on. */
  readonly onResync: (text: string, position: string) => void;
  /** Each time they break off; they come back by themselves until they are closed. */
  readonly onFault: () => void;
}

export interface Surroundings {
  readonly dial: (url: string) => Wire;
  /** Server-sent events; the answer ends them. */
  readonly listen: (url: string, hearing: Listening) => () => void;
  readonly after: (milliseconds: number, task: () => void) => () => void;
  readonly now: () => number;
  readonly chance: () => number;
}

/** Where to connect; asked anew each time, since a ticket opens one socket only. */
export type Address = string | (() => string | Promise<string>);

/** The gateway says something every 10 s; silence for longer means that the line is dead. */
const SILENCE_MS = 25_000;
const ABNORMAL = 1006;
/** There was nowhere to connect to: no ticket was given. */
export const UNADDRESSED = 4401;

export const browser: Surroundings = {
  dial: (url) => new WebSocket(url) as unknown as Wire,
  listen: (url, { onReady, onRecord, onSkipped, onResync, onFault }) => {
    const source = new EventSource(url);
    source.addEventListener("ready", onReady);
    source.addEventListener("record", ({ data, lastEventId }: MessageEvent<string>) => onRecord(data, lastEventId));
    source.addEventListener("skipped", ({ data }: MessageEvent<string>) => onSkipped(data));
    source.addEventListener("resync", ({ data, lastEventId }: MessageEvent<string>) => onResync(data, lastEventId));
    source.addEventListener("error", onFault);
    return () => source.close();
  },
  after: (milliseconds, task) => {
    const timer = setTimeout(task, milliseconds);
    return () => clearTimeout(timer);
  },
  now: () => Date.now(),
  chance: () => Math.random(),
};

export interface Hearing {
  readonly onLink: (link: Link) => void;
  readonly onMessage: (message: unknown) => void;
}

export class LiveSocket {
  readonly #address: Address;
  readonly #hearing: Hearing;
  readonly #around: Surroundings;
  readonly #policy: BackoffPolicy;
  #wire: Wire | null = null;
  #open = false;
  #attempt = 0;
  #stopped = true;
  /** Counts attempts: what comes of an earlier one is no longer wanted. */
  #turn = 0;
  #cancel: () => void = () => undefined;
  #cancelSilence: () => void = () => undefined;

  constructor(address: Address, hearing: Hearing, around: Surroundings = browser, policy: BackoffPolicy = RECONNECT) {
    this.#address = address;
    this.#hearing = hearing;
    this.#around = around;
    this.#policy = policy;
  }

  start(): void {
    this.#stopped = false;
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
    this.#drop();
  }

  /** Try at once instead of waiting. */
  hurry(): void {
    if (!this.#stopped && this.#wire === null) {
      this.#cancel();
      this.#connect();
    }
  }

  /** False when there is nobody to send to. */
  send(message: object): boolean {
    if (!this.#open || this.#wire === null) {
      return false;
    }
    this.#wire.send(JSON.stringify(message));
    return true;
  }

  #connect(): void {
    this.#hearing.onLink({ kind: "connecting", attempt: this.#attempt });
    this.#turn += 1;
    const turn = this.#turn;
    const address = typeof this.#address === "string" ? this.#address : this.#address();
    if (typeof address === "string") {
      this.#dial(address);
      return;
    }
    address.then(
      (url) => {
        if (turn === this.#turn) {
          this.#dial(url);
        }
      },
      (error: unknown) => {
        if (turn === this.#turn) {
          this.#lost(error instanceof Error ? error.message : "no address to connect to", UNADDRESSED);
        }
      },
    );
  }

  #dial(url: string): void {
    const wire = this.#around.dial(url);
    this.#wire = wire;
    wire.onopen = () => {
      this.#open = true;
      this.#listen();
      this.#hearing.onLink({ kind: "open", since: this.#around.now() });
    };
    wire.onmessage = ({ data }) => {
      this.#attempt = 0;
      this.#listen();
      const message = parse(data);
      if (message !== undefined) {
        this.#hearing.onMessage(message);
      }
    };
    wire.onclose = ({ code, reason }) => this.#lost(reason || `closed with code ${code}`, code);
    this.#listen();
  }

  #listen(): void {
    this.#cancelSilence();
    this.#cancelSilence = this.#around.after(SILENCE_MS, () => this.#lost("nothing heard for a while", ABNORMAL));
  }

  #lost(reason: string, code: number): void {
    this.#drop();
    if (this.#stopped) {
      return;
    }
    const wait = waitMs(this.#policy, this.#attempt, this.#around.chance());
    this.#attempt += 1;
    this.#hearing.onLink({ kind: "waiting", attempt: this.#attempt, until: this.#around.now() + wait, reason, code });
    this.#cancel = this.#around.after(wait, () => this.#connect());
  }

  #drop(): void {
    this.#turn += 1;
    this.#open = false;
    this.#cancelSilence();
    const wire = this.#wire;
    this.#wire = null;
    if (wire !== null) {
      wire.onopen = wire.onmessage = wire.onclose = null;
      wire.close();
    }
  }
}

function parse(data: unknown): unknown {
  if (typeof data !== "string") {
    return undefined;
  }
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return undefined;
  }
}

export function socketUrl(path: string): string {
  const { protocol, host } = window.location;
  return `${protocol === "https:" ? "wss" : "ws"}://${host}${path}`;
}
