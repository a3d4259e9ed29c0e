import { describe, expect, it, vi } from "vitest";
import { receiptWords } from "../../src/components/controls/words.ts";
import { ApiError, type Api } from "../../src/lib/api.ts";
import { ControlClient, type Receipt } from "../../src/lib/control.ts";
import type { Acknowledgement, SimulationState } from "../../src/lib/types.ts";
import { FakeWorld } from "../stage.ts";

function controlling(post: Api["order"] = () => Promise.reject(new TypeError("nobody hears"))) {
  const world = new FakeWorld();
  const states: SimulationState[] = [];
  const client = new ControlClient("ws://city", { onLink: () => undefined, onState: (state) => states.push(state) }, post, world);
  client.start();
  world.wire.onopen?.();
  return { world, client, states };
}

const latest = (client: ControlClient): Receipt => {
  const receipt = client.receipts.latest()[0];
  if (receipt === undefined) {
    throw new Error("there is no receipt");
  }
  return receipt;
};

const ack: Acknowledgement = { command_id: "x", command: "pause", status: "accepted", by: "simulator", reason: null, effective_time: "2026-06-05T22:00:00Z", result: {}, latency_ms: 84 };

describe("control", () => {
  it("is pending until the simulator acknowledges, then says when and how fast", () => {
    const { world, client } = controlling();
    client.give({ type: "pause" }, "pause", "Pause");
    expect(latest(client).status).toBe("pending");
    world.wire.say({ type: "ack", request_id: world.wire.sent[0]?.request_id, success: true, payload: ack });
    expect(latest(client)).toMatchObject({ status: "acknowledged", latencyMs: 84 });
    expect(receiptWords(latest(client))).toBe("Pause: acknowledged, effective Friday 18:00 (84 ms)");
  });

  it("gives the reason of a refusal", () => {
    const { world, client } = controlling();
    client.give({ type: "set_speed", payload: { multiplier: 5 } }, "speed", "Speed 5×");
    world.wire.say({ type: "error", request_id: "c1", code: "rejected", message: "the simulation has stopped" });
    expect(latest(client)).toMatchObject({ status: "refused", reason: "the simulation has stopped" });
    expect(receiptWords(latest(client))).toContain("the simulation has stopped");
  });

  it("tells nobody answering from somebody refusing", () => {
    const { world, client } = controlling();
    client.give({ type: "resume" }, "resume", "Resume");
    world.wire.say({ type: "error", request_id: "c1", code: "timeout", message: "simulator did not answer" });
    expect(latest(client).status).toBe("unanswered");
  });

  it("gives up after a while and lets a late answer change nothing", () => {
    const { world, client } = controlling();
    client.give({ type: "pause" }, "pause", "Pause");
    for (let second = 0; second <= 65; second += 1) {
      world.pass(1000);
    }
    expect(latest(client).status).toBe("unanswered");
    world.wire.say({ type: "ack", request_id: "c1", success: true, payload: ack });
    expect(latest(client).status).toBe("unanswered");
  });

  it("leaves no command pending when the connection is lost", () => {
    const { world, client } = controlling();
    client.give({ type: "pause" }, "pause", "Pause");
    world.wire.onclose?.({ code: 1006, reason: "" });
    expect(latest(client)).toMatchObject({ status: "unanswered" });
  });

  it("goes by REST while the socket is away, and says so", async () => {
    const asked: unknown[] = [];
    const { world, client } = controlling((path, body) => {
      asked.push([path, body]);
      return Promise.resolve(ack);
    });
    world.wire.onclose?.({ code: 1006, reason: "" });
    client.give({ type: "set_speed", payload: { multiplier: 120 } }, "speed", "Speed 120×");
    await vi.waitFor(() => expect(latest(client).status).toBe("acknowledged"));
    expect(asked).toEqual([["/simulation/speed", { multiplier: 120 }]]);
    expect(receiptWords(latest(client))).toContain("acknowledged over REST");
  });

  it("deletes a snapshot by REST even while the socket is open, which has no such message", async () => {
    const asked: unknown[] = [];
    const { world, client } = controlling((path, body) => {
      asked.push([path, body]);
      return Promise.resolve(ack);
    });
    client.give({ type: "delete_snapshot", payload: { snapshot: "noon" } }, "delete-snapshot", "Delete noon");
    client.give({ type: "restore_snapshot", payload: { snapshot: "dawn" } }, "restore", "Restore dawn");
    await vi.waitFor(() => expect(client.receipts.latest()[1]).toMatchObject({ status: "acknowledged", by: "rest" }));
    expect(asked).toEqual([["/simulation/command/snapshot.delete", { snapshot: "noon" }]]);
    expect(world.wire.sent.map(({ type, payload }) => [type, payload])).toEqual([["restore_snapshot", { snapshot: "dawn" }]]);
  });

  it("tells a refusal over REST from silence", async () => {
    for (const [error, status] of [[new ApiError(409, "it is paused already"), "refused"], [new TypeError("fetch failed"), "unanswered"]] as const) {
      const { world, client } = controlling(() => Promise.reject(error));
      world.wire.onclose?.({ code: 1006, reason: "" });
      client.give({ type: "pause" }, "pause", "Pause");
      await vi.waitFor(() => expect(latest(client).status).toBe(status));
    }
  });

  it("orders weather and a new city over the socket too", () => {
    const { world, client } = controlling();
    client.give({ type: "weather", payload: { condition: "rain" } }, "weather", "Rain");
    client.give({ type: "seed", payload: { seed: 42 } }, "seed", "A city from 42");
    expect(world.wire.sent.map(({ type, payload }) => [type, payload])).toEqual([["weather", { condition: "rain" }], ["seed", { seed: 42 }]]);
  });

  it("keeps what went by REST pending when the socket is lost", () => {
    const { world, client } = controlling(() => new Promise(() => undefined));
    world.wire.onclose?.({ code: 1006, reason: "" });
    client.give({ type: "weather", payload: { condition: "rain" } }, "weather", "Rain");
    world.pass(5000);
    world.wire.onopen?.();
    world.wire.onclose?.({ code: 1006, reason: "" });
    expect(latest(client)).toMatchObject({ status: "pending", by: "rest" });
  });

  it("knows that it may not control, and that it may again", () => {
    const { world, client } = controlling();
    world.wire.onclose?.({ code: 4401, reason: "a valid bearer token is needed" });
    expect(client.locked.latest()).toBe("a valid bearer token is needed");
    world.pass(1000);
    world.wire.onopen?.();
    world.wire.say({ type: "state_update", payload: {} });
    expect(client.locked.latest()).toBe("");
  });

  it("answers each command by its own receipt", () => {
    const { world, client } = controlling();
    client.give({ type: "pause" }, "pause", "Pause");
    client.give({ type: "spawn_users", payload: { count: 5 } }, "spawn", "Add 5 people");
    world.wire.say({ type: "ack", request_id: "c1", success: true, payload: ack });
    expect(client.receipts.latest().map(({ control, status }) => [control, status])).toEqual([["spawn", "pending"], ["pause", "acknowledged"]]);
  });
});
