/** Asks for the tastes of a course: closed hours first, the newest rows where nobody tells of hours. */
import { useMemo } from "react";
import type { ChannelPage, FigureHistory } from "../../generated/api.ts";
import { useAsked } from "../../lib/asked.ts";
import { withTastes, tastesOfRows, tastesTold } from "./tasteFlow.ts";
import type { Course } from "./figures.ts";

const HOUR_S = 3600;
const EVERY_MS = 30_000;

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

export function useTasteFlow(course: Course | null): Course | null {
  const first = course?.buckets[0]?.at;
  const last = course?.buckets.at(-1)?.at;
  const hours = course?.width === HOUR_S && first !== undefined && last !== undefined;
  const span = hours ? new URLSearchParams({ from: iso(first), to: iso(last + HOUR_S), group_by: "hour", metric: "preference_shift" }).toString() : "";
  const told = useAsked<FigureHistory>(hours ? `/admin/metrics/history?${span}` : null);
  const rows = useAsked<ChannelPage>(course === null ? null : "/admin/streams/history/preferences?limit=1000", { everyMs: EVERY_MS });
  const closed = told.status === "ready" ? told.answer.buckets : null;
  const newest = rows.status === "ready" ? rows.answer.events : null;
  return useMemo(() => {
    if (course === null) {
      return null;
    }
    const known = closed === null ? new Map() : tastesTold(closed);
    return withTastes(course, known.size > 0 ? known : tastesOfRows(newest ?? [], course.width));
  }, [course, closed, newest]);
}
