/** Heat and bookings of a window of simulated time: from analytics where it answers, else from what this page has seen. */
import { useEffect, useState } from "react";
import type { Heatmap } from "../../generated/api.ts";
import { useAsked } from "../../lib/asked.ts";
import { useLuna } from "../../lib/context.ts";
import type { Stage } from "./stage.ts";

const EVERY_MS = 5000;
const MINUTE_MS = 60_000;
/** Bookings of "now" are those of the last simulated hour. */
const NOW_MINUTES = 60;
/** Long against any window: what is older in it weighs the same. */
const EVENLY_MINUTES = 1440;

export type CellSource = "glow" | "analytics" | "page";

const pathOf = (kind: "activity" | "bookings", minutes: number): string =>
  `/admin/metrics/heatmap?kind=${kind}&window_minutes=${Math.max(15, minutes)}&half_life_minutes=${EVENLY_MINUTES}&resolution=8`;

/** Paints the stage; says where its heat comes from. `cleared` counts how often the heat was begun anew. */
export function useCells(stage: Stage | null, minutes: number, bookings: boolean, cleared: number): CellSource {
  const luna = useLuna();
  const [turn, setTurn] = useState(0);
  const own = stage === null || stage.points.cleared;
  const activity = useAsked<Heatmap>(minutes === 0 || own ? null : pathOf("activity", minutes), { everyMs: EVERY_MS });
  const tables = useAsked<Heatmap>(bookings && !own ? pathOf("bookings", minutes === 0 ? NOW_MINUTES : minutes) : null, { everyMs: EVERY_MS });
  const warm = activity.status === "ready" ? activity.answer.cells : null;
  const full = tables.status === "ready" ? tables.answer.cells : null;
  useEffect(() => {
    const timer = setInterval(() => setTurn((number) => number + 1), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (stage !== null) {
      const now = Date.parse(luna.state.latest()?.simulation_time ?? "") || 0;
      const since = (window: number) => now - window * MINUTE_MS;
      stage.paint(minutes === 0 ? null : (warm ?? stage.points.cells(since(minutes), false)));
      stage.book(bookings ? (full ?? stage.points.cells(since(minutes === 0 ? NOW_MINUTES : minutes), true)) : []);
    }
  }, [luna, stage, minutes, bookings, warm, full, turn, cleared]);
  if (minutes === 0) {
    return "glow";
  }
  return warm === null ? "page" : "analytics";
}
