import { describe, expect, it } from "vitest";
import { GROUPS, StreamClient, type Batch, type Resync } from "../../src/lib/stream.ts";
import type { Stats } from "../../src/lib/types.ts";
import { FakeWorld, anEvent, someStats } from "../stage.ts";

function streaming() {
  const world = new FakeWorld();
  const batches: Batch[] = [];
  const resyncs: Resync[] = [];
  const counters: Stats[] = [];
  const troubles: string[] = [];
  const client = new StreamClient("ws://city", {
    onLink: () => undefined,
    onBatch: (batch) => batches.push(batch),
    onResync: (resync) => resyncs.push(resync),
    onCounters: (stats) => counters.push(stats),
    onTrouble: (message) => troubles.push(message),
  }, world);
  client.start();
  greet(world);
  return { world, batches, resyncs, counters, troubles };
}

function greet(world: FakeWorld): void {
  world.wire.onopen?.();
  world.wire.say({ type: "hello", epoch: "k" });
}

function reconnect(world: FakeWorld): void {
  world.wire.onclose?.({ code: 1001, reason: "going away" });
  world.pass(60_000);
  greet(world);
}

const asked = (world: FakeWorld) => world.wire.sent.map(({ payload }) => payload as { channels: string[]; positions?: Record<string, string>; recent?: number; filters: { event_types: string[] } });

describe("stream", () => {
  it("begins every channel with recent records", () => {
    const { world } = streaming();
    expect(asked(world).flatMap(({ channels }) => channels)).toEqual(GROUPS.flatMap(({ channels }) => channels));
    expect(asked(world).every(({ recent }) => recent !== undefined && recent > 0)).toBe(true);
  });

  it("asks for no bookkeeping of the services", () => {
    const { world } = streaming();
    const system = asked(world).find(({ channels }) => channels.includes("system_metrics"));
    expect(system?.filters.event_types).not.toContain("service.heartbeat");
    expect(system?.filters.event_types.length).toBeGreaterThan(0);
  });

  it("resumes each channel from its last position and the others from recent records", () => {
    const { world } = streaming();
    world.wire.say({ type: "events", channel: "bookings", position: "k:1.0", events: [anEvent()] });
    world.wire.say({ type: "events", channel: "bookings", position: "k:2.0", events: [anEvent()] });
    reconnect(world);
    const resumed = asked(world).find(({ positions }) => positions?.bookings !== undefined);
    expect(resumed).toMatchObject({ channels: ["bookings"], positions: { bookings: "k:2.0" } });
    const fresh = asked(world).filter(({ recent }) => recent !== undefined).flatMap(({ channels }) => channels);
    expect(fresh).toContain("user_actions");
    expect(fresh).not.toContain("bookings");
  });

  it("goes on from the positions that a resync gives", () => {
    const { world, resyncs } = streaming();
    world.wire.say({ type: "events", channel: "bookings", position: "k:1.0", events: [] });
    world.wire.say({ type: "resync", channels: ["bookings"], reason: "gap", positions: { bookings: "k:9.9" } });
    expect(resyncs).toEqual([{ channels: ["bookings"], reason: "gap" }]);
    reconnect(world);
    expect(asked(world).find(({ positions }) => positions?.bookings)?.positions).toEqual({ bookings: "k:9.9" });
  });

  it("begins a channel anew when a resync gives no position", () => {
    const { world } = streaming();
    world.wire.say({ type: "events", channel: "bookings", position: "k:1.0", events: [] });
    world.wire.say({ type: "resync", channels: ["bookings"], reason: "epoch" });
    reconnect(world);
    expect(asked(world).some(({ positions }) => positions?.bookings !== undefined)).toBe(false);
  });

  it("passes on batches with what was held back, counters and errors", () => {
    const { world, batches, counters, troubles } = streaming();
    world.wire.say({ type: "events", channel: "bookings", position: "k:1.0", events: [anEvent()], skipped: 12 });
    world.wire.say({ type: "counters", payload: someStats() });
    world.wire.say({ type: "error", request_id: "s1", code: "invalid", message: "no channel" });
    expect(batches[0]).toMatchObject({ channel: "bookings", skipped: 12 });
    expect(counters).toHaveLength(1);
    expect(troubles).toEqual(["no channel"]);
  });
});
