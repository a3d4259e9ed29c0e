import { act } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { MapState } from "../../src/features/city/MapState.tsx";
import { PhaseChip } from "../../src/features/status/PhaseChip.tsx";
import { nextFrame } from "../../src/lib/store.ts";
import type { Stats } from "../../src/lib/types.ts";
import { someStats } from "../stage.ts";
import { aCity, shown } from "../shown.tsx";

const START = "2024-06-05T18:00:00Z";
const past = (simulation_time: string, more: Partial<Stats> = {}) => someStats({ phase: "backfill", start_time: START, simulation_time, ...more });

describe("a city that is not there yet", () => {
  it("counts the days behind it, of however many there are, and claims no share of them", async () => {
    const luna = aCity();
    luna.state.set(past("2024-06-11T20:00:00Z"));
    const page = await shown(<MapState />, luna);
    expect(page.textContent).toContain("Living its past: day 7");
    expect(page.querySelector("[role=progressbar]")).toBeNull();
  });

  it("says how many days there are and how far it is, where the simulator does", async () => {
    const luna = aCity();
    luna.state.set(past("2024-06-05T18:00:00Z", { reason: "living its past until 2024-06-07T18:00:00Z" }));
    const page = await shown(<><MapState /><PhaseChip /></>, luna);
    expect(page.textContent).toContain("Living its past: day 1 of 2");
    expect(page.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")).toBe("0");
    await act(async () => {
      luna.state.set(past("2024-06-07T06:00:00Z", { reason: "living its past until 2024-06-07T18:00:00Z" }));
      await new Promise<void>((painted) => nextFrame(painted));
    });
    expect(page.textContent).toContain("Living its past: day 2 of 2");
    expect(page.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")).toBe("75");
    expect(page.textContent).not.toContain("Travelling");
  });

  it("says where it travels, how far it is from where it was seen first, and nothing of first days", async () => {
    const luna = aCity();
    const reason = "travelling to 2024-06-20T18:00:00Z";
    luna.state.set(past("2024-06-10T18:00:00Z", { reason }));
    const page = await shown(<><MapState /><PhaseChip /></>, luna);
    await act(async () => {
      luna.state.set(past("2024-06-15T18:00:00Z", { reason }));
      await new Promise<void>((painted) => nextFrame(painted));
    });
    expect(page.textContent).toContain("Travelling to Thursday 14:00, Jun 20");
    expect(page.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")).toBe("50");
    expect(page.textContent).not.toMatch(/first|its past/);
  });
});
