/** Snapshots and replays as a gateway tells them, and one that keeps what it is ordered. */
import type { Replay, Snapshot } from "../../../src/features/control/time/moments.ts";
import { ApiError, type Api } from "../../../src/lib/api.ts";
import type { Acknowledgement } from "../../../src/lib/types.ts";
import { FakeGateway } from "../../gateway.tsx";

export const aSnapshot = (changes: Partial<Snapshot> = {}): Snapshot => ({
  snapshot_id: "01hz", name: "before-lunch", description: "an ordinary morning", tick: 2881, simulation_time: "2024-06-07T18:01:00.000000Z", bytes: 1_204_224,
  services: ["simulator", "booking"], run_id: "r", branch: 3, population: 2000, restorable: true, reason: null, ...changes,
});

export const aReplay = (changes: Partial<Replay> = {}): Replay => ({
  replay_id: "r1", status: "running", topics: ["bookings"], from: "2024-06-07T16:00:00Z", to: "2024-06-07T18:00:00Z", speed: 60, event_types: null, user_id: null, venue_id: null, told: 12, at: "2024-06-07T16:30:00Z", reason: null, ...changes,
});

export const accepted = (result: Record<string, unknown> = {}): Acknowledgement => ({ command_id: "c", command: "x", status: "accepted", by: "simulator", reason: null, effective_time: null, result, latency_ms: 5 });

/** Knows snapshots and replays; what it is ordered is written down and, unless `refusal` says why not, obeyed. */
export class Keeper extends FakeGateway {
  readonly ordered: unknown[][] = [];
  refusal = "";

  constructor(role: string, snapshots: readonly Snapshot[] = [aSnapshot()], replays: readonly Replay[] = [aReplay()]) {
    super();
    this.answers.set("/auth", { role });
    this.answers.set("/admin/simulation/snapshots", { snapshots, total: snapshots.length });
    this.answers.set("/admin/streams/replays", { replays });
  }

  override order: Api["order"] = (path, body) => {
    this.ordered.push([path, body]);
    return this.#obeyed(accepted(body as Record<string, unknown>));
  };

  override write: Api["write"] = <Answer,>(method: string, path: string, body?: object) => {
    this.ordered.push(body === undefined ? [method, path] : [method, path, body]);
    return this.#obeyed(aReplay()) as Promise<Answer>;
  };

  #obeyed<Answer>(answer: Answer): Promise<Answer> {
    return this.refusal === "" ? Promise.resolve(answer) : Promise.reject(new ApiError(409, this.refusal));
  }
}
