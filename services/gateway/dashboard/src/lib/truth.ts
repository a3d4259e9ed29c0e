/** Ground truth: spans of simulated time in which something is known to have been caused. For bands on charts. */
import { useMemo } from "react";
import type { GroundTruth, TruthWindow } from "../generated/api.ts";
import { useAsked } from "./asked.ts";
import { capital, plain } from "./format.ts";
import type { Band } from "./rates.ts";

const EVERY_MS = 10_000;

/** Bands in seconds of simulated time; a window without an end lasts until `until`. */
export function truthBands(windows: readonly TruthWindow[], until: number): Band[] {
  return windows
    .filter(({ event_type }) => event_type === "truth.scenario_window")
    .map(({ name, starts_at, ends_at }) => ({
      scenario: capital(plain(name ?? "scenario")),
      from: Date.parse(starts_at) / 1000,
      to: ends_at === null ? until : Date.parse(ends_at) / 1000,
    }));
}

/** For charts over simulated time; `until` is their right edge in seconds. */
export function useTruthBands(until: number): readonly Band[] {
  const asked = useAsked<GroundTruth>("/ground-truth", { everyMs: EVERY_MS });
  const windows = asked.status === "ready" ? asked.answer.windows : null;
  return useMemo(() => (windows === null ? [] : truthBands(windows, until)), [windows, until]);
}
