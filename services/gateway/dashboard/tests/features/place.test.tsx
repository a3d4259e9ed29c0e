import { act, cleanup, render, renderHook, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { cityTicks } from "../../src/components/chart/ticks.ts";
import { Inspector } from "../../src/components/records/Inspector.tsx";
import { WHOLE } from "../../src/features/city/frame.ts";
import { geographyOf } from "../../src/features/city/geography.ts";
import { townOf, useLand } from "../../src/features/city/land.ts";
import { throughLocal } from "../../src/lib/local.ts";
import { clockTime, toLocal } from "../../src/lib/format.ts";
import { plainSentence } from "../../src/lib/sentences/index.ts";
import { Luna } from "../../src/lib/luna.ts";
import { money, priceSigns, reasonWords } from "../../src/lib/money.ts";
import { NEW_YORK, place } from "../../src/lib/place.ts";
import type { Venue } from "../../src/lib/types.ts";
import { FakeGateway, around } from "../gateway.tsx";
import { FakeWorld, anEvent, someStats } from "../stage.ts";

const started: Luna[] = [];

afterEach(async () => {
  cleanup();
  started.splice(0).forEach((luna) => luna.stop());
  await new Promise((resolve) => setTimeout(resolve, 50)); // what it has asked for and what waits for a frame
  place.set(NEW_YORK);
});

const NOON = "2026-06-05T12:00:00.000000Z";
const at = (longitude: number, latitude: number, borough: string | null) => ({ longitude, latitude, borough }) as Venue;
const SOHO = at(-0.134, 51.5135, "Westminster");
const ANGEL = at(-0.105, 51.533, "Islington");

function inLondon(zone = "Europe/London") {
  const world = new FakeWorld();
  const luna = new Luna(new FakeGateway(), world);
  luna.start();
  started.push(luna);
  world.wires[0]?.say({ type: "counters", payload: someStats({ city: "london", time_zone: zone }) });
  return luna;
}

describe("another city", () => {
  it("has its own clock", () => {
    expect(clockTime(NOON)).toBe("08:00:00");
    inLondon();
    expect(clockTime(NOON)).toBe("13:00:00");
    expect(toLocal(NOON)).toBe("2026-06-05T13:00");
    expect(throughLocal("2026-06-05T13:00")).toBe("2026-06-05T12:00:59.999Z");
    const days = cityTicks(Date.parse("2026-06-01T10:00:00Z") / 1000, Date.parse("2026-06-06T10:00:00Z") / 1000);
    expect(days.map(({ at: seconds }) => toLocal(new Date(seconds * 1000).toISOString()).slice(11))).toEqual(days.map(() => "00:00"));
  });

  it("is called by its name", () => {
    const luna = inLondon();
    render(<Inspector event={anEvent({ simulation_time: NOON })} onClose={() => undefined} onInspect={() => undefined} />, { wrapper: around(luna) });
    screen.getByText("Fri, Jun 5, 13:00:00 in London");
  });

  it("has its own money, in amounts and in price tiers", () => {
    const left = anEvent({ event_type: "visit.ended", user_name: "Ada Green", venue_name: "Rook Pub", spend_minor: 123456 });
    expect([money(807), priceSigns(2), priceSigns(0)]).toEqual(["$8.07", "$$", "$"]);
    inLondon();
    expect([money(807), priceSigns(2), priceSigns(0)]).toEqual(["£8.07", "££", "£"]);
    expect(reasonWords("Your price range (tier 3)")).toBe("Your price range (£££)");
    expect(plainSentence(left)).toBe("Ada Green left Rook Pub after spending £1,234.56");
  });

  it("whose money nobody knows is not said to have dollars", () => {
    inLondon("Europe/Paris");
    expect([money(807), priceSigns(3)]).toEqual(["¤8.07", "¤¤¤"]);
  });

  it("of a zone that no browser knows leaves the clock as it was", () => {
    inLondon("Nowhere/Land");
    expect(clockTime(NOON)).toBe("08:00:00");
  });

  it("is fitted to its venues, with the names of its parts and nobody else's shores", () => {
    const town = townOf([SOHO, ANGEL, at(-0.11, 51.52, null)]);
    expect(town?.corners).toEqual([[-0.14, 51.51], [-0.1, 51.54]]);
    if (town === null) {
      return;
    }
    const { project, paths, names, kilometre } = geographyOf(400, 300, WHOLE, town);
    for (const { longitude, latitude } of [SOHO, ANGEL]) {
      const [x, y] = project(longitude, latitude);
      expect(x > 10 && x < 390 && y > 10 && y < 290).toBe(true);
    }
    expect(names.map(({ name }) => name)).toEqual(["Islington", "Westminster"]);
    expect(paths.land).toBe("");
    expect(kilometre).toBeCloseTo(280 / (0.03 * 111.2), 0);
  });

  it("keeps its map while a rating changes, and has none before its venues are known", async () => {
    const luna = inLondon();
    const { result } = renderHook(useLand, { wrapper: around(luna) });
    expect(result.current).toBeNull();
    await waitFor(() => expect(luna.directory.latest().status).toBe("ready")); // it has none yet; what follows is told
    const show = async (venues: readonly Venue[]) => {
      await act(async () => {
        luna.directory.set({ status: "ready", venues, reason: "" });
        await new Promise((resolve) => setTimeout(resolve, 60));
      });
    };
    await show([SOHO, ANGEL]);
    const first = result.current;
    expect(first).not.toBeNull();
    await show([{ ...SOHO, rating_count: 9 }, ANGEL]);
    expect(result.current).toBe(first);
  });
});

it("New York is drawn by its shapes", () => {
  const { result } = renderHook(useLand, { wrapper: around(new Luna(new FakeGateway(), new FakeWorld())) });
  expect(result.current).toBe("shapes");
  expect(geographyOf(400, 300, WHOLE, "shapes").names.map(({ name }) => name)).toContain("Staten Island");
});
