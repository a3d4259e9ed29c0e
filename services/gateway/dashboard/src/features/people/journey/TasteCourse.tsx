/** Tastes over time, and what moved them. */
import { useMemo } from "react";
import type { ChannelPage, TasteVersions } from "../../../generated/api.ts";
import type { ChartManner } from "../../../components/chart/drawing.ts";
import { cityTicks } from "../../../components/chart/ticks.ts";
import { ChartLegend, TimeChart } from "../../../components/chart/TimeChart.tsx";
import { Panel } from "../../../components/Panel.tsx";
import { Answered } from "../../../components/States.tsx";
import { useAsked } from "../../../lib/asked.ts";
import { counted, plain } from "../../../lib/format.ts";
import { useTruthBands } from "../../../lib/truth.ts";
import type { CityEvent } from "../../../lib/types.ts";
import { courseOf, movers, rowsOf } from "./tastes.ts";
import { told } from "./timeline.ts";

const MANNER: ChartManner = { ticks: cityTicks, print: (value) => value.toFixed(2), least: 1, close: 0.2, shortestS: 3600 };
const NONE: readonly CityEvent[] = [];

export function TasteCourse({ userId, live }: { readonly userId: string; readonly live: readonly CityEvent[] }) {
  const past = useAsked<ChannelPage>(`/admin/streams/history/preferences?user_id=${userId}&limit=1000`);
  const stored = useAsked<TasteVersions>(`/admin/journeys/${userId}/tastes?limit=500`);
  const events = past.status === "ready" ? past.answer.events : NONE;
  const versions = stored.status === "ready" ? stored.answer.versions : null;
  const rows = useMemo(() => told(rowsOf(versions ?? []), events, live.filter(({ topic }) => topic === "preferences")), [versions, events, live]);
  const course = useMemo(() => courseOf(rows), [rows]);
  const bands = useTruthBands(course.times.at(-1) ?? 0);
  const newest = rows[0];
  return (
    <Panel title="Tastes over time" note={newest === undefined ? undefined : counted(newest.version ?? rows.length, "change", "changes")} className="journey-tastes">
      <Answered question={past} what="this person's tastes">
        {() => (
          <>
            <TimeChart times={course.times} lines={course.lines} bands={bands} manner={MANNER} label="Tastes over time, 0 is dislike, 1 is love" empty="Tastes begin to move with what this person does." testId="tastes" />
            <ChartLegend lines={course.lines} />
            <ul className="journey-movers" aria-label="What moved the tastes">
              {movers(rows).slice(0, 5).map(({ reason, shift, times }) => (
                <li key={reason}>
                  <span>{plain(reason)}</span>
                  <small>{`${counted(times, "time", "times")}, moved ${shift.toFixed(2)}`}</small>
                </li>
              ))}
            </ul>
          </>
        )}
      </Answered>
    </Panel>
  );
}
