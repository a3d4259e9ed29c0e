import { describe, expect, it, vi } from "vitest";
import { RECONNECT, waitMs } from "../../src/lib/backoff.ts";
import { browser, LiveSocket, type Link } from "../../src/lib/socket.ts";
import { FakeWorld } from "../stage.ts";

function connected(): { world: FakeWorld; links: Link[]; heard: unknown[]; socket: LiveSocket } {
  const world = new FakeWorld();
  const links: Link[] = [];
  const heard: unknown[] = [];
  const socket = new LiveSocket("ws://city", { onLink: (link) => links.push(link), onMessage: (message) => heard.push(message) }, world);
  socket.start();
  world.wire.onopen?.();
  return { world, links, heard, socket };
}

const lose = (world: FakeWorld) => world.wire.onclose?.({ code: 1006, reason: "" });

describe("back-off", () => {
  it("grows and stays below its most", () => {
    const waits = [0, 1, 2, 3, 20].map((attempt) => waitMs(RECONNECT, attempt, 0));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBe(RECONNECT.mostMs);
  });

  it("spreads pages apart but never past its wait", () => {
    expect(waitMs(RECONNECT, 2, 1)).toBeLessThan(waitMs(RECONNECT, 2, 0));
    expect(waitMs(RECONNECT, 2, 1)).toBeGreaterThan(0);
  });
});

describe("live socket", () => {
  it("says until when it waits, then connects again by itself", () => {
    const { world, links } = connected();
    lose(world);
    expect(links.at(-1)).toMatchObject({ kind: "waiting", attempt: 1, until: world.now() + RECONNECT.firstMs });
    world.pass(RECONNECT.firstMs);
    expect(world.wires).toHaveLength(2);
    world.wire.onopen?.();
    expect(links.at(-1)?.kind).toBe("open");
  });

  it("waits longer after each failure and begins anew once something was heard", () => {
    const { world, links } = connected();
    const waits: number[] = [];
    for (let failure = 0; failure < 4; failure += 1) {
      lose(world);
      const link = links.at(-1);
      const wait = link?.kind === "waiting" ? link.until - world.now() : 0;
      waits.push(wait);
      world.pass(wait);
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(new Set(waits).size).toBe(4);
    world.wire.onopen?.();
    world.wire.say({ type: "hello" });
    lose(world);
    expect(links.at(-1)).toMatchObject({ attempt: 1 });
  });

  it("takes silence for a dead line", () => {
    const { world, links } = connected();
    const wire = world.wire;
    world.pass(25_001);
    expect(wire.closed).toBe(true);
    expect(links.some((link) => link.kind === "waiting")).toBe(true);
  });

  it("stays while it hears heartbeats", () => {
    const { world } = connected();
    for (let beat = 0; beat < 10; beat += 1) {
      world.pass(10_000);
      world.wire.say({ type: "heartbeat" });
    }
    expect(world.wires).toHaveLength(1);
  });

  it("connects at once when hurried", () => {
    const { world, socket } = connected();
    lose(world);
    socket.hurry();
    expect(world.wires).toHaveLength(2);
    world.pass(60_000);
    expect(world.wires.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(1);
  });

  it("does not come back after it was stopped", () => {
    const { world, socket } = connected();
    socket.stop();
    world.pass(120_000);
    expect(world.wires).toHaveLength(1);
  });

  it("asks for its address each time, and waits when there is none", async () => {
    const world = new FakeWorld();
    const links: Link[] = [];
    const tickets = ["ws://city?ticket=1"];
    const address = () => {
      const ticket = tickets.shift();
      return ticket === undefined ? Promise.reject(new Error("a valid token is needed")) : Promise.resolve(ticket);
    };
    new LiveSocket(address, { onLink: (link) => links.push(link), onMessage: () => undefined }, world).start();
    await Promise.resolve();
    expect(world.wire.url).toBe("ws://city?ticket=1");
    world.wire.onclose?.({ code: 1006, reason: "" });
    world.pass(RECONNECT.firstMs);
    await Promise.resolve();
    await Promise.resolve();
    expect(links.at(-1)).toMatchObject({ kind: "waiting", reason: "a valid token is needed", code: 4401 });
    expect(world.wires).toHaveLength(1);
  });

  it("passes over what is no JSON", () => {
    const { world, heard } = connected();
    world.wire.onmessage?.({ data: "{garbage" });
    world.wire.onmessage?.({ data: new ArrayBuffer(2) });
    world.wire.say({ type: "pong" });
    expect(heard).toEqual([{ type: "pong" }]);
  });
});

describe("server-sent events in a browser", () => {
  it("hear records, what was skipped, and resyncs", () => {
    class Source extends EventTarget {
      readonly url: string;
      constructor(url: string) {
        super();
        this.url = url;
        made.push(this);
      }
      close(): void {
        this.dispatchEvent(new Event("closed"));
      }
    }
    const made: Source[] = [];
    vi.stubGlobal("EventSource", Source);
    const heard: string[] = [];
    const hear = (kind: string) => (text?: string) => heard.push(`${kind} ${text ?? ""}`);
    browser.listen("/stream", { onReady: hear("ready"), onRecord: hear("record"), onSkipped: hear("skipped"), onResync: hear("resync"), onFault: hear("fault") });
    for (const kind of ["record", "skipped", "resync"]) {
      made[0]?.dispatchEvent(new MessageEvent(kind, { data: "{}" }));
    }
    vi.unstubAllGlobals();
    expect(heard).toEqual(["record {}", "skipped {}", "resync {}"]);
  });
});
