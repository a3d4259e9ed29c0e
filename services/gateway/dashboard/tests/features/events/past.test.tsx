import { cleanup, renderHook, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { filterOf, passes } from "../../../src/features/events/filter.ts";
import { usePast } from "../../../src/features/events/usePast.ts";
import { Luna } from "../../../src/lib/luna.ts";
import { FakeGateway, around } from "../../gateway.tsx";
import { FakeWorld, anEvent } from "../../stage.ts";

afterEach(cleanup);

const AT = "2026-06-05T23:00:00.000Z";

async function past(query: Record<string, string>, users: readonly string[], next: string | null = null) {
  const gateway = new FakeGateway();
  gateway.answers.set("/users?", { users: users.map((user_id) => ({ user_id })) });
  gateway.answers.set("/admin/streams/stored", { events: [anEvent({ event_id: "old" })], next_cursor: next });
  gateway.answers.set("/admin/streams/history", { events: [] });
  const filter = filterOf(query);
  const { result } = renderHook(() => usePast(filter, AT), { wrapper: around(new Luna(gateway, new FakeWorld())) });
  await waitFor(() => expect(result.current.status).toBe("ready"));
  const stored = gateway.asked.filter((path) => path.startsWith("/admin/streams/stored"));
  return { stored, answer: result.current.status === "ready" ? result.current.answer : null };
}

describe("events of the past", () => {
  it("are asked for by the ids of those who bear the name looked for", async () => {
    const { stored, answer } = await past({ user: "ada", type: "venue.viewed", cause: "c1" }, ["u0000001", "u0000007"], "more");
    expect(stored.map((path) => path.split("&").slice(2).join("&"))).toEqual(["event_type=venue.viewed&cause_id=c1&user_id=u0000001", "event_type=venue.viewed&cause_id=c1&user_id=u0000007"]);
    expect(answer).toMatchObject({ source: "store", partly: false });
    expect(answer?.events.map(({ event_id }) => event_id)).toEqual(["old"]);
  });

  it("begin where they are asked to, in the store's answer and on the page", async () => {
    const { stored } = await past({ since: "2026-06-05T22:00:00Z" }, []);
    expect(new URLSearchParams(stored[0]?.split("?")[1]).get("from")).toBe("2026-06-05T22:00:00.000Z");
    const filter = filterOf({ since: "2026-06-05T22:00:00Z", type: "venue.viewed,venue.liked" });
    expect(["21:59:59.999", "22:00:00.000"].map((time) => passes(anEvent({ simulation_time: `2026-06-05T${time}000Z` }), filter))).toEqual([false, true]);
    expect(passes(anEvent({ event_type: "venue.saved", simulation_time: AT }), filter)).toBe(false);
    expect(filterOf({ since: "noon" }).since).toBe("");
  });

  it("are only some of what fits where the page must filter itself and there are older ones", async () => {
    expect((await past({ text: "pizza" }, [], "more")).answer?.partly).toBe(true);
    expect((await past({ user: "a" }, ["u1", "u2", "u3", "u4", "u5"], "more")).answer?.partly).toBe(true);
    expect((await past({ text: "pizza" }, [])).answer?.partly).toBe(false);
    expect((await past({ type: "venue.viewed" }, [], "more")).answer?.partly).toBe(false);
  });
});
