import { describe, expect, it, vi } from "vitest";
import type { Api } from "../../src/lib/api.ts";
import { Luna } from "../../src/lib/luna.ts";
import type { CityEvent } from "../../src/lib/types.ts";
import { FakeWorld, NOWHERE, anEvent, someStats } from "../stage.ts";

/** A gateway that answers over HTTP, and may stop answering. */
class FakeApi implements Api {
  history: CityEvent[] = [];
  tastes: CityEvent[] = [];
  answers = true;

  get = <Answer>(path: string): Promise<Answer> => {
    if (!this.answers) {
      return Promise.reject(new TypeError("fetch failed"));
    }
    const events = path.startsWith("/admin/streams/history/all") ? this.history : path.includes("/preferences") ? this.tastes : [];
    return Promise.resolve((path.startsWith("/admin/stats") ? someStats() : { events }) as Answer);
  };
  order = () => Promise.reject(new TypeError("fetch failed"));
  write = () => Promise.reject(new TypeError("fetch failed"));
  venues = () => Promise.resolve([]);
  environment = () => Promise.resolve(NOWHERE);
  course: Api["course"] = () => Promise.reject(new TypeError("fetch failed"));
  scenarios = () => Promise.resolve([]);
  ticket = () => Promise.resolve("");
  eventsOfVenue = () => Promise.resolve([]);
}

function cityWithoutSocket() {
  const world = new FakeWorld();
  const api = new FakeApi();
  const luna = new Luna(api, world);
  const heard: string[] = [];
  luna.onEvents((events) => heard.push(...events.map(({ event_id }) => event_id)));
  luna.start();
  const lose = () => world.wires.filter(({ url, closed }) => url.endsWith("/ws/stream") && !closed).forEach((wire) => wire.onclose?.({ code: 1006, reason: "" }));
  return { world, api, luna, heard, lose };
}

function lostTwice() {
  const city = cityWithoutSocket();
  city.lose();
  expect(city.world.streams).toHaveLength(0);
  city.world.pass(5000);
  city.lose();
  return city;
}

/** The first of the two that are listened to. */
const stream = ({ streams }: FakeWorld) => {
  const newest = streams.at(-2);
  if (newest === undefined) {
    throw new Error("nobody listens");
  }
  return newest;
};

describe("while the socket is away", () => {
  it("events come over server-sent events, and the figures are asked for", async () => {
    const { world, luna, heard } = lostTwice();
    stream(world).hearing.onReady();
    stream(world).hearing.onRecord(JSON.stringify(anEvent({ event_id: "a" })), "e:1");
    world.pass(200);
    expect(heard).toEqual(["a"]);
    expect(luna.path.latest()).toBe("events");
    await vi.waitFor(() => expect(luna.stats.latest()).not.toBeNull());
  });

  it("events are asked for when server-sent events do not come either, each once, oldest first", async () => {
    const { world, api, luna, heard } = lostTwice();
    api.history = [anEvent({ event_id: "b" }), anEvent({ event_id: "a" })];
    stream(world).hearing.onFault();
    stream(world).hearing.onFault();
    await vi.waitFor(() => expect(luna.path.latest()).toBe("polling"));
    expect(stream(world).closed).toBe(true);
    expect(heard).toEqual(["a", "b"]);
    api.history = [anEvent({ event_id: "c" }), ...api.history];
    await vi.waitFor(() => {
      world.pass(3000);
      expect(heard).toEqual(["a", "b", "c"]);
    });
  });

  it("streams go on from where the socket stood, and after a break from where they stood themselves", async () => {
    const { world, luna, lose } = cityWithoutSocket();
    const wire = world.wires.find(({ url }) => url.endsWith("/ws/stream"));
    wire?.onopen?.();
    wire?.say({ type: "events", channel: "user_actions", position: "e:1.2", events: [anEvent()] });
    wire?.say({ type: "events", channel: "bookings", position: "e:7", events: [] });
    lose();
    world.pass(5000);
    lose();
    const asked = () => world.streams.map(({ url }) => new URLSearchParams(url.split("?")[1]));
    expect(asked().map((query) => query.get("last_event_id"))).toEqual(["e:user_actions=1.2,bookings=7", "e:user_actions=1.2,bookings=7"]);
    expect(asked()[1]?.get("event_type")).toContain("anomaly.detected");
    world.streams[1]?.hearing.onRecord(JSON.stringify(anEvent({ event_id: "odd", topic: "system_metrics", event_type: "anomaly.detected" })), "e:9");
    world.pass(200);
    expect(luna.feed.ring.toArray().map(({ event_id }) => event_id)).toContain("odd");
    await Promise.resolve();
  });

  it("tastes are asked for, too, where events are", async () => {
    const { world, api, heard } = lostTwice();
    api.tastes = [anEvent({ event_id: "t", topic: "preferences" })];
    stream(world).hearing.onFault();
    stream(world).hearing.onFault();
    await vi.waitFor(() => expect(heard).toEqual(["t"]));
  });

  it("says how many were skipped, and forgets what a resync makes void, also what was only gathered", () => {
    const { world, luna, heard } = lostTwice();
    const { hearing } = stream(world);
    hearing.onReady();
    hearing.onRecord(JSON.stringify(anEvent({ event_id: "a", topic: "bookings" })), "e:1");
    world.pass(200);
    hearing.onSkipped(JSON.stringify({ channel: "bookings", records: 7 }));
    hearing.onRecord(JSON.stringify(anEvent({ event_id: "b", topic: "bookings" })), "e:1");
    hearing.onRecord(JSON.stringify(anEvent({ event_id: "c", topic: "journeys" })), "e:1");
    hearing.onResync(JSON.stringify({ channels: ["bookings"], reason: "new_branch", positions: {} }), "f:1");
    hearing.onRecord(JSON.stringify(anEvent({ event_id: "d", topic: "bookings" })), "e:1");
    world.pass(200);
    expect(heard).toEqual(["a", "c", "d"]);
    expect(luna.feed.ring.toArray().map(({ event_id }) => event_id)).toEqual(["c", "d"]);
    expect(luna.feed.latest()).toMatchObject({ skipped: 7, notice: "A new telling of the city has begun" });
  });

  it("says that some are missing when more passed than were asked for, and only then", async () => {
    const { world, api, luna, heard } = lostTwice();
    const page = (from: number) => Array.from({ length: 200 }, (_, place) => anEvent({ event_id: `n${from - place}` }));
    const asked = async (newest: number) => {
      api.history = page(newest);
      await vi.waitFor(() => {
        world.pass(3000);
        expect(heard.at(-1)).toBe(`n${newest}`);
      });
    };
    stream(world).hearing.onFault();
    stream(world).hearing.onFault();
    await asked(1000);
    await asked(1199);
    expect(luna.feed.latest().notice).toBe("");
    await asked(1399);
    expect(luna.feed.latest().notice).toContain("some are missing");
  });

  it("it is said when nothing answers", async () => {
    const { api, luna, world } = lostTwice();
    stream(world).hearing.onReady();
    api.answers = false;
    await vi.waitFor(() => {
      world.pass(2000);
      expect(luna.path.latest()).toBe("away");
    });
  });

  it("nothing is told twice when the socket comes back and repeats it", () => {
    const { world, luna, heard } = lostTwice();
    stream(world).hearing.onReady();
    stream(world).hearing.onRecord(JSON.stringify(anEvent({ event_id: "a" })), "e:1");
    world.pass(200);
    luna.hurry();
    const wire = world.wires.findLast(({ url }) => url.endsWith("/ws/stream"));
    wire?.onopen?.();
    wire?.say({ type: "events", channel: "user_actions", position: "e:1", events: [anEvent({ event_id: "a" }), anEvent({ event_id: "b" })] });
    expect(heard).toEqual(["a", "b"]);
    expect([luna.path.latest(), stream(world).closed]).toEqual(["socket", true]);
  });
});
