import { describe, expect, it, vi } from "vitest";
import type { Course } from "../../src/generated/api.ts";
import { Luna } from "../../src/lib/luna.ts";
import { FakeGateway } from "../gateway.tsx";
import { FakeWorld, someStats } from "../stage.ts";

const counted = (branch: number): Course => ({
  run_id: "r", branch,
  samples: [1, 2, 3].map((second) => ({ ...someStats({ active_users: second }), wall_time: `2024-06-07T16:00:0${second}Z`, scenarios: [] })),
});

async function opened(course: Course) {
  const world = new FakeWorld();
  const gateway = new FakeGateway();
  const asked = vi.fn(() => Promise.resolve(course));
  gateway.course = asked;
  const luna = new Luna(gateway, world);
  luna.start();
  await vi.waitFor(() => expect(asked).toHaveBeenCalled());
  await Promise.resolve();
  return { world, luna, shown: () => luna.rates.samples.toArray().map(({ stats }) => stats.active_users) };
}

describe("a page that has just come", () => {
  it("shows what the gateway counted before, and goes on from there", async () => {
    const { world, luna, shown } = await opened(counted(1));
    await vi.waitFor(() => expect(shown()).toEqual([1, 2, 3]));
    world.pass(2000);
    luna.rates.sample(someStats({ active_users: 4 }));
    expect(shown()).toEqual([1, 2, 3, 4]);
  });

  it("lets go of it when another telling begins", async () => {
    const { world, shown } = await opened(counted(1));
    await vi.waitFor(() => expect(shown()).toEqual([1, 2, 3]));
    world.wires.forEach((wire) => wire.onopen?.());
    const stream = world.wires.find(({ url }) => url.endsWith("/ws/stream"));
    stream?.say({ type: "counters", payload: someStats({ run_id: "r", branch: 2, active_users: 9 }) });
    await vi.waitFor(() => expect(shown()).not.toContain(1));
  });
});
