import { cleanup, render, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Face } from "../../src/components/Person.tsx";
import { api } from "../../src/lib/api.ts";
import { Luna } from "../../src/lib/luna.ts";
import { keepToken } from "../../src/lib/token.ts";
import { FakeGateway, around } from "../gateway.tsx";
import { FakeWorld } from "../stage.ts";

afterEach(() => {
  cleanup();
  sessionStorage.clear();
  vi.unstubAllGlobals();
});

class Tickets extends FakeGateway {
  #issued = 0;
  override ticket = () => Promise.resolve(`t${++this.#issued}`);
}

function started(gateway: FakeGateway = new Tickets()) {
  const world = new FakeWorld();
  const luna = new Luna(gateway, world);
  luna.start();
  const streams = () => world.wires.filter(({ url }) => url.includes("/ws/stream"));
  const lose = async () => {
    const before = streams().length;
    streams().at(-1)?.onclose?.({ code: 4401, reason: "a bearer token is needed" });
    world.pass(5000);
    await vi.waitFor(() => expect(streams().length).toBeGreaterThan(before));
  };
  return { world, luna, streams, lose };
}

describe("where reading needs a role", () => {
  it("each stream socket is opened by a ticket of its own", async () => {
    keepToken("secret");
    const { streams, lose } = started();
    await vi.waitFor(() => expect(streams()).toHaveLength(1));
    await lose();
    const tickets = streams().map(({ url }) => new URL(url).searchParams.get("ticket"));
    expect(new Set(tickets).size).toBe(2);
    expect(tickets).not.toContain(null);
  });

  it("a token given later opens the stream at once", async () => {
    const { luna, streams } = started();
    expect(streams()[0]?.url).not.toContain("ticket");
    streams()[0]?.onclose?.({ code: 4401, reason: "a bearer token is needed" });
    luna.unlock("secret");
    await vi.waitFor(() => expect(streams().at(-1)?.url).toMatch(/ticket=t\d/));
  });

  it("a token that gets no ticket does not keep those from the stream who may read anyhow", async () => {
    keepToken("old");
    const gateway = new FakeGateway();
    gateway.ticket = () => Promise.reject(new Error("the bearer token is not known"));
    const { streams } = started(gateway);
    await vi.waitFor(() => expect(streams()[0]?.url).toMatch(/\/ws\/stream$/));
  });

  it("server-sent events get a ticket, and another one when they break off", async () => {
    keepToken("secret");
    const { world, streams, lose } = started();
    await vi.waitFor(() => expect(streams()).toHaveLength(1));
    await lose();
    streams().at(-1)?.onclose?.({ code: 1006, reason: "" });
    await vi.waitFor(() => expect(world.streams).toHaveLength(2));
    world.streams[0]?.hearing.onReady();
    world.streams[0]?.hearing.onFault();
    await vi.waitFor(() => expect(world.streams).toHaveLength(4));
    const tickets = world.streams.map(({ url }) => /&ticket=(t\d+)$/.exec(url)?.[1]);
    expect(tickets).not.toContain(undefined);
    expect(new Set(tickets).size).toBe(4);
    expect(world.streams.map(({ closed }) => closed)).toEqual([true, true, false, false]);
  });

  it("a face is asked for with the token and drawn in the page", async () => {
    keepToken("secret");
    const asked = vi.fn((_: string, options: { headers: Record<string, string> }) => Promise.resolve(new Response(`<svg>${options.headers.Authorization ?? ""}</svg>`, { headers: { "Content-Type": "image/svg+xml" } })));
    vi.stubGlobal("fetch", asked);
    const { container } = render(<Face userId="u0000042" />, { wrapper: around(new Luna(api, new FakeWorld())) });
    await waitFor(() => expect(container.querySelector("img")?.src).toContain(encodeURIComponent("<svg>Bearer secret</svg>")));
    expect(asked.mock.calls.map(([url]) => url)).toEqual(["/avatars/u0000042.svg"]);
  });

  it("the registry is asked with the token", async () => {
    keepToken("secret");
    const asked = vi.fn((_: string, options: { headers: Record<string, string> }) => Promise.resolve(Response.json({ id: options.headers.Authorization })));
    vi.stubGlobal("fetch", asked);
    expect(await api.get("/subjects/x/versions/latest", "/registry")).toEqual({ id: "Bearer secret" });
  });
});

it("where reading is open a face is an image like any other", () => {
  const { container } = render(<Face userId="u0000042" />, { wrapper: around(new Luna(new FakeGateway(), new FakeWorld())) });
  expect(container.querySelector("img")?.getAttribute("src")).toBe("/avatars/u0000042.svg");
});
