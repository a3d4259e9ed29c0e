/** /ws/control: commands, each with a receipt that goes from pending to acknowledged, refused or unanswered. */
import { LiveSocket, browser, type Address, type Link, type Surroundings } from "./socket.ts";
import { Store } from "./store.ts";
import type { Acknowledgement, SimulationState } from "./types.ts";

export type Command =
  | { readonly type: "pause" | "resume" | "reset" | "start" | "stop"; readonly payload?: Record<string, never> }
  | { readonly type: "set_speed"; readonly payload: { readonly multiplier: number | "max" } }
  | { readonly type: "spawn_users"; readonly payload: { readonly count: number } }
  | { readonly type: "set_scenario"; readonly payload: { readonly scenario: string; readonly action: "start" | "stop" } };

export type ReceiptStatus = "pending" | "acknowledged" | "refused" | "unanswered";

export interface Receipt {
  readonly id: string;
  /** Control that it belongs to: its latest receipt is shown there. */
  readonly control: string;
  readonly label: string;
  readonly status: ReceiptStatus;
  readonly sentAt: number;
  readonly latencyMs?: number;
  readonly effectiveTime?: string;
  readonly reason?: string;
}

type Message =
  | { readonly type: "state_update"; readonly payload: SimulationState }
  | { readonly type: "ack"; readonly request_id: string; readonly payload: Acknowledgement }
  | { readonly type: "error"; readonly request_id: string | null; readonly code: string; readonly message: string }
  | { readonly type: "heartbeat" | "pong" };

const KEPT = 12;
const UNAUTHORIZED = 4401;
const FORBIDDEN = 4403;
/** The gateway gives up after 5 s; a little longer is silence of the line. */
const PATIENCE_MS = 8000;

export class ControlClient {
  /** Newest first. */
  readonly receipts = new Store<readonly Receipt[]>([]);
  /** Why this page may not control; empty when it may. */
  readonly locked = new Store("");
  readonly #socket: LiveSocket;
  readonly #around: Surroundings;
  readonly #onState: (state: SimulationState) => void;
  #requests = 0;

  constructor(
    address: Address,
    hearing: { readonly onLink: (link: Link) => void; readonly onState: (state: SimulationState) => void },
    around: Surroundings = browser,
  ) {
    this.#around = around;
    this.#onState = hearing.onState;
    this.#socket = new LiveSocket(
      address,
      {
        onLink: (link) => {
          if (link.kind === "waiting") {
            this.#abandon();
            this.locked.set(link.code === UNAUTHORIZED || link.code === FORBIDDEN ? link.reason : "");
          }
          hearing.onLink(link);
        },
        onMessage: (message) => this.#obey(message as Message),
      },
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

  give(command: Command, control: string, label: string): void {
    this.#requests += 1;
    const id = `c${this.#requests}`;
    const receipt: Receipt = { id, control, label, status: "pending", sentAt: this.#around.now() };
    const sent = this.#socket.send({ type: command.type, request_id: id, payload: command.payload ?? {} });
    this.receipts.update((all) => [receipt, ...all].slice(0, KEPT));
    if (!sent) {
      this.#settle(id, { status: "unanswered", reason: "Not connected to the gateway" });
      return;
    }
    this.#around.after(PATIENCE_MS, () => {
      this.#settle(id, { status: "unanswered", reason: "No answer within 8 s" });
    });
  }

  #obey(message: Message): void {
    switch (message.type) {
      case "state_update":
        this.locked.set("");
        this.#onState(message.payload);
        break;
      case "ack":
        this.#settle(message.request_id, {
          status: "acknowledged",
          latencyMs: message.payload.latency_ms,
          effectiveTime: message.payload.effective_time ?? undefined,
        });
        break;
      case "error":
        if (message.request_id !== null) {
          const silent = message.code === "timeout" || message.code === "unavailable";
          this.#settle(message.request_id, { status: silent ? "unanswered" : "refused", reason: message.message });
        }
        break;
      default:
        break;
    }
  }

  /** A receipt is settled once; what comes later does not change it. */
  #settle(id: string, outcome: Partial<Receipt>): void {
    this.receipts.update((all) =>
      all.map((receipt) => (receipt.id === id && receipt.status === "pending" ? { ...receipt, ...outcome } : receipt)),
    );
  }

  #abandon(): void {
    for (const receipt of this.receipts.latest()) {
      this.#settle(receipt.id, { status: "unanswered", reason: "The connection was lost before an answer came" });
    }
  }
}
