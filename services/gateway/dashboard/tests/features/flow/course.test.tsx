import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useLiveCourse } from "../../../src/features/flow/useLiveCourse.ts";
import { Luna } from "../../../src/lib/luna.ts";
import type { CityEvent } from "../../../src/lib/types.ts";
import { FakeGateway, around } from "../../gateway.tsx";
import { FakeWorld, anEvent } from "../../stage.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** In steps: what is rendered waits for the end of one. */
async function after(seconds: number): Promise<void> {
  for (let step = 0; step < seconds * 2; step += 1) {
    await act(() => vi.advanceTimersByTimeAsync(500));
  }
}

async function watched() {
  const gateway = new FakeGateway();
  gateway.answers.set("/users/personas", { personas: { foodie_explorer: ["u0000001"], night_owl: ["u0002100"] } });
  const world = new FakeWorld();
  const luna = new Luna(gateway, world);
  luna.start();
  const hear = (...events: CityEvent[]) => world.wires[0]?.say({ type: "events", channel: "user_actions", position: "p", events });
  const { result } = renderHook(useLiveCourse, { wrapper: around(luna) });
  await after(1);
  return { gateway, hear, course: result };
}

it("the live course outlives a new answer about the people", async () => {
  const { hear, course } = await watched();
  hear(anEvent({ user_id: "u0000001" })); // written long ago by its record: told only as it came
  await after(62);
  expect(course.current.total.events).toBe(1);
});

it("people of any number count for their persona, newcomers too, also by what they did before they were known", async () => {
  const { gateway, hear, course } = await watched();
  hear(anEvent({ user_id: "u0002100" }), anEvent({ user_id: "u0002101", event_type: "user.registered" }));
  await after(1);
  expect(course.current.total.byPersona).toEqual({ night_owl: 1 });
  gateway.answers.set("/users/personas", { personas: { night_owl: ["u0002100", "u0002101"] } });
  await after(3);
  expect(course.current.total.byPersona).toEqual({ night_owl: 2 });
});
