import { describe, expect, it, vi } from "vitest";
import { Luna } from "../../src/lib/luna.ts";
import type { Venue } from "../../src/lib/types.ts";
import { FakeGateway } from "../gateway.tsx";
import { FakeWorld, someStats } from "../stage.ts";

const aVenue = (venue_id: string, rating_count: number) => ({ venue_id, rating_count }) as Venue;

async function opened() {
  const world = new FakeWorld();
  const gateway = new FakeGateway();
  gateway.known = [aVenue("v00001", 3)];
  const luna = new Luna(gateway, world);
  luna.start();
  await vi.waitFor(() => expect(luna.directory.latest().status).toBe("ready"));
  const venues = () => luna.directory.latest().venues.map(({ venue_id, rating_count }) => `${venue_id}:${rating_count}`);
  return { world, gateway, luna, venues };
}

describe("venues", () => {
  it("are asked for anew each minute, so that a rating and a newcomer show", async () => {
    const { world, gateway, venues } = await opened();
    for (const rated of [4, 5]) {
      gateway.known = [aVenue("v00001", rated), aVenue("v00002", 0)];
      world.pass(60_000);
      await vi.waitFor(() => expect(venues()).toEqual([`v00001:${rated}`, "v00002:0"]));
    }
  });

  it("stay as they were while the gateway does not answer, and are asked for again", async () => {
    const { world, gateway, venues } = await opened();
    const answer = gateway.venues;
    gateway.venues = vi.fn(() => Promise.reject(new TypeError("fetch failed")));
    world.pass(60_000);
    await vi.waitFor(() => expect(gateway.venues).toHaveBeenCalled());
    expect(venues()).toEqual(["v00001:3"]);
    gateway.venues = answer;
    gateway.known = [aVenue("v00001", 9)];
    await new Promise((resolve) => setTimeout(resolve));
    world.pass(60_000);
    await vi.waitFor(() => expect(venues()).toEqual(["v00001:9"]));
  });

  it("are those of the new telling after a restart, whatever was on its way", async () => {
    const { world, gateway, luna, venues } = await opened();
    const say = (branch: number) => world.wires.findLast(({ url, closed }) => url.endsWith("/ws/stream") && !closed)?.say({ type: "counters", payload: someStats({ branch }) });
    say(1);
    let old: (venues: readonly Venue[]) => void = () => undefined;
    const answer = gateway.venues;
    gateway.venues = () => new Promise((resolve) => (old = resolve));
    world.pass(60_000);
    gateway.venues = answer;
    gateway.known = [aVenue("v00009", 0)];
    say(2);
    await vi.waitFor(() => expect(luna.directory.latest().status).toBe("ready"));
    old([aVenue("v00001", 8)]);
    await new Promise((resolve) => setTimeout(resolve));
    expect(venues()).toEqual(["v00009:0"]);
  });
});
