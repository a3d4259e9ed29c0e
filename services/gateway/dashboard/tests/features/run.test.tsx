import { describe, expect, it } from "vitest";
import { Run } from "../../src/features/control/Run.tsx";
import { someStats } from "../stage.ts";
import { aCity, said, shown } from "../shown.tsx";

describe("the run", () => {
  it("says which rate is aimed at and what the simulator reaches", async () => {
    const luna = aCity();
    luna.state.set(someStats({ rate_target: 500, rate_achieved: 480 }));
    expect(said(await shown(<Run />, luna), "rate-achieved")).toBe("480 achieved, 500 aimed at");
  });

  it("says that the speed decides only where no rate is aimed at", async () => {
    const luna = aCity();
    luna.state.set(someStats({ rate_target: null, rate_achieved: 41 }));
    expect(said(await shown(<Run />, luna), "rate-achieved")).toBe("41 achieved, the speed decides");
  });

  it("says for whom the simulator waits, and nothing where it does not", async () => {
    const luna = aCity();
    luna.state.set(someStats({ reason: "waiting for booking, not heard of yet" }));
    expect(said(await shown(<Run />, luna), "run-reason")).toBe("Waiting for booking, not heard of yet");
    expect(said(await shown(<Run />), "run-reason")).toBeNull();
  });
});
