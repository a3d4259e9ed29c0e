import { describe, expect, it, vi } from "vitest";
import { FeedStore } from "../../src/lib/feed.ts";
import { Ring } from "../../src/lib/ring.ts";
import { Store } from "../../src/lib/store.ts";
import { FakeFrames, anEvent } from "../stage.ts";

describe("store", () => {
  it("tells listeners once a frame however often it is written", () => {
    const frames = new FakeFrames();
    const store = new Store(0, frames.schedule);
    const listener = vi.fn();
    store.subscribe(listener);
    for (let value = 1; value <= 1000; value += 1) {
      store.set(value);
    }
    expect(frames.waiting).toBe(1);
    frames.paint();
    expect(listener).toHaveBeenCalledTimes(1);
    expect(store.get()).toBe(1000);
  });

  it("shows the old state until the frame comes, so that a page never tears", () => {
    const frames = new FakeFrames();
    const store = new Store("before", frames.schedule);
    store.set("after");
    expect(store.get()).toBe("before");
    expect(store.latest()).toBe("after");
    frames.paint();
    expect(store.get()).toBe("after");
  });

  it("asks for no frame when nothing changes", () => {
    const frames = new FakeFrames();
    new Store(7, frames.schedule).set(7);
    expect(frames.waiting).toBe(0);
  });

  it("does not tell those who have left", () => {
    const frames = new FakeFrames();
    const store = new Store(0, frames.schedule);
    const listener = vi.fn();
    store.subscribe(listener)();
    store.set(1);
    frames.paint();
    expect(listener).not.toHaveBeenCalled();
  });
});

describe("ring", () => {
  it("keeps the newest and forgets the oldest", () => {
    const ring = new Ring<number>(3);
    [1, 2, 3, 4, 5].forEach((item) => ring.push(item));
    expect(ring.toArray()).toEqual([3, 4, 5]);
    expect([ring.at(0), ring.at(2), ring.size, ring.total]).toEqual([3, 5, 3, 5]);
  });

  it("is empty after it was cleared and fills again", () => {
    const ring = new Ring<number>(2);
    [1, 2, 3].forEach((item) => ring.push(item));
    ring.clear();
    ring.push(9);
    expect(ring.toArray()).toEqual([9]);
  });
});

describe("feed", () => {
  it("is bounded and counts what it has forgotten", () => {
    const feed = new FeedStore(100, new FakeFrames().schedule);
    feed.add(Array.from({ length: 2500 }, () => anEvent()), 7);
    expect(feed.ring.size).toBe(100);
    expect(feed.latest()).toMatchObject({ received: 2500, skipped: 7 });
  });

  it("forgets only the channels that have a hole, and says so", () => {
    const feed = new FeedStore(10, new FakeFrames().schedule);
    feed.add([anEvent(), anEvent({ topic: "bookings", event_type: "booking.requested" })]);
    feed.forget(["user_actions"], "gap");
    expect(feed.ring.toArray().map(({ topic }) => topic)).toEqual(["bookings"]);
    expect(feed.latest().notice).toContain("missed");
  });
});
