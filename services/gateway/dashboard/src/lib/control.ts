/** Commands over /ws/control, or over REST while that is away; each has a receipt: pending, then acknowledged, refused or unanswered. */
import { ApiError, reasonOf, type Api } from "./api.ts";
import { REST_ONLY, orderOf, type Command } from "./commands.ts";
import { LiveSocket, browser, type Address, type Link, type Surroundings } from "./socket.ts";
import { Store } from "./store.ts";
import type { Acknowledgement, SimulationState } from "./types.ts";

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
  /** What the simulator made of it. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** How it went: REST stands in while the socket is away. */
  readonly by: "socket" | "rest";
}

type Message =
  | { readonly type: "state_update"; readonly payload: SimulationState }
  | { readonly type: "ack"; readonly request_id: string; readonly payload: Acknowledgement }
  | { readonly type: "error"; readonly request_id: string | null; readonly code: string; readonly message: string }
  | { readonly type: "heartbeat" | "pong" };

const KEPT = 12;
const UNAUTHORIZED = 4401;
const FORBIDDEN = 4403;
/** The gateway says itself when nobody answers, after 60 s at most; a little longer is silence of the line. */
const PATIENCE_MS = 65_000;

export class ControlClient {
  /** Newest first. */
  readonly receipts = new Store<readonly Receipt[]>([]);
  /** Why this page may not control; empty when it may. */
  readonly locked = new Store("");
  readonly #socket: LiveSocket;
  readonly #around: Surroundings;
  readonly #onState: (state: SimulationState) => void;
  readonly #post: Api["order"];
  #requests = 0;

  constructor(
    address: Address,
    hearing: { readonly onLink: (link: Link) => void; readonly onState: (state: SimulationState) => void },
    post: Api["order"],
    around: Surroundings = browser,
  ) {
    this.#post = post;
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
    const sent = !REST_ONLY.has(command.type) && this.#socket.send({ type: command.type, request_id: id, payload: command.payload ?? {} });
    const receipt: Receipt = { id, control, label, status: "pending", sentAt: this.#around.now(), by: sent ? "socket" : "rest" };
    this.receipts.update((all) => [receipt, ...all].slice(0, KEPT));
    if (sent) {
      this.#around.after(PATIENCE_MS, () => {
        this.#settle(id, { status: "unanswered", reason: "No answer within a minute" });
      });
    } else {
      void this.#giveByRest(command, id);
    }
  }

  async #giveByRest(command: Command, id: string): Promise<void> {
    const { path, body } = orderOf(command);
    try {
      this.#acknowledge(id, await this.#post(path, body));
    } catch (error) {
      const heard = error instanceof ApiError && error.status < 500;
      this.#settle(id, { status: heard ? "refused" : "unanswered", reason: reasonOf(error) });
    }
  }

  #acknowledge(id: string, { latency_ms, effective_time, result }: Acknowledgement): void {
    this.#settle(id, {
      status: "acknowledged",
      latencyMs: latency_ms,
      effectiveTime: effective_time ?? undefined,
      result: result ?? undefined,
    });
  }

  #obey(message: Message): void {
    switch (message.type) {
      case "state_update":
        this.locked.set("");
        this.#onState(message.payload);
        break;
      case "ack":
        this.#acknowledge(message.request_id, message.payload);
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
    for (const receipt of this.receipts.latest().filter(({ by }) => by === "socket")) {
      this.#settle(receipt.id, { status: "unanswered", reason: "The connection was lost before an answer came" });
    }
  }
}
