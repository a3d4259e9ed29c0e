import { describe, expect, it } from "vitest";
import { frameOf, printFrame } from "../../src/features/city/frame.ts";
import { happyWords } from "../../src/features/city/happyHours.ts";
import { layersOn, printLayers, windowOf } from "../../src/features/city/layers.ts";
import { Points } from "../../src/features/city/points.ts";
import { nearestSpot, type Spot } from "../../src/features/city/spots.ts";
import { trendsOf, type Surroundings } from "../../src/features/city/surroundings.ts";
import { Walkers } from "../../src/features/city/walkers.ts";
import type { Venue } from "../../src/lib/types.ts";

const point = (time: number, booking = false, longitude = -73.99) => ({ time, longitude, latitude: 40.74, weight: 0.5, booking });

describe("heat of a window", () => {
  it("sums what is near and counts only what is in it", () => {
    const points = new Points();
    [1, 2, 3].forEach((time) => points.add(point(time)));
    points.add(point(3, false, -73.8));
    expect(points.cells(1, false).map(({ weight }) => weight).sort()).toEqual([0.5, 1]);
  });

  it("counts tables, not weights, for bookings", () => {
    const points = new Points();
    [point(1), point(2, true), point(3, true)].forEach((one) => points.add(one));
    expect(points.cells(0, true)).toMatchObject([{ weight: 2 }]);
  });

  it("begins anew when it is cleared, and is whole again for another telling", () => {
    const points = new Points();
    points.add(point(5));
    points.clear(5);
    points.add(point(6));
    expect(points.cells(0, false)).toMatchObject([{ weight: 0.5 }]);
    points.forget();
    expect([points.cleared, points.cells(0, false)]).toEqual([false, []]);
  });
});

describe("happy hours", () => {
  it("are told by their days and hours", () => {
    const words = (happy_hours: string | null, happy_hour_discount: number | null = 25) => happyWords({ happy_hours, happy_hour_discount });
    expect(words("1020-1140,1020-1140,1020-1140,1020-1140,1020-1140,-,-")).toBe("Happy hour 17–19 Mon–Fri, 25 % off");
    expect(words("-,960-1080,-,960-1080,-,-,-", null)).toBe("Happy hour 16–18 Tue, Thu");
    expect(words("-,-,-,-,-,-,1380-1500")).toBe("Happy hour 23–1 Sun, 25 % off");
    expect([words(null), words("-,-,-,-,-,-,-")]).toEqual(["", ""]);
  });
});

describe("layers in the address", () => {
  it("say only what differs from the usual, and come back the same", () => {
    expect(printLayers(layersOn(""))).toBe("");
    const on = layersOn("+bookings,-people,+nonsense");
    expect([on.has("bookings"), on.has("people"), on.has("heat")]).toEqual([true, false, true]);
    expect(layersOn(printLayers(on))).toEqual(on);
  });

  it("take a window that is offered, else now", () => {
    expect([windowOf("60"), windowOf("61"), windowOf("x")]).toEqual([60, 0, 0]);
  });
});

describe("the frame in the address", () => {
  it("comes back as it was, and is the whole city for nonsense", () => {
    const { zoom, at } = printFrame({ zoom: 3.456, at: [-73.98, 40.75] });
    expect(frameOf(zoom ?? "", at ?? "")).toEqual({ zoom: 3.46, at: [-73.98, 40.75] });
    expect(frameOf("banana", "1,2,x")).toEqual({ zoom: 1, at: null });
    expect(frameOf("99", "-73.98,40.75").zoom).toBeLessThan(20);
    expect(printFrame({ zoom: 1, at: null })).toEqual({ zoom: null, at: null });
  });
});

describe("people moving", () => {
  it("walk only when they are seen somewhere else", () => {
    const walkers = new Walkers();
    expect(walkers.seen("u1", -73.99, 40.74, 0)).toBe(false);
    expect(walkers.seen("u1", -73.9901, 40.74, 0)).toBe(false);
    expect(walkers.seen("u1", -73.95, 40.7, 0)).toBe(true);
  });
});

describe("venues", () => {
  it("answer to the nearest pointer within reach", () => {
    const spot = (x: number): Spot => ({ x, y: 0, radius: 2, trend: 0, venue: { venue_id: `v${x}` } as Spot["venue"] });
    expect(nearestSpot([spot(0), spot(20)], 13, 0)?.x).toBe(20);
    expect(nearestSpot([spot(0)], 90, 0)).toBeNull();
  });

  it("trend as the city last said", () => {
    const told = { trending: [{ venue_id: "v1", venue_name: null, value: 1.4 }] } as unknown as Surroundings;
    const rows = [{ venue_id: "v1", trending: 0 }, { venue_id: "v2", trending: 1.8 }, { venue_id: "v3", trending: null }] as Venue[];
    expect([...trendsOf(told, rows)].sort()).toEqual([["v1", 1.4], ["v2", 0]]);
    expect(trendsOf(null, rows).size).toBe(0);
  });
});
