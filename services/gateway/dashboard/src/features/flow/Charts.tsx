/** The course of the span as charts; scenarios shaded on every one. */
import { useMemo } from "react";
import type { ChartLine, ChartManner } from "../../components/chart/drawing.ts";
import { agoTicks, cityTicks } from "../../components/chart/ticks.ts";
import { ChartLegend, TimeChart } from "../../components/chart/TimeChart.tsx";
import { Panel } from "../../components/Panel.tsx";
import type { Band } from "../../lib/rates.ts";
import { personaLines, type Bucket, type Course } from "./figures.ts";
import type { Range } from "./ranges.ts";

interface Chart {
  readonly name: string;
  readonly title: string;
  readonly note: (range: Range) => string;
  readonly empty: string;
  readonly manner: Partial<ChartManner>;
  readonly lines: (course: Course) => ChartLine[];
}

const line = (title: string, colour: string, course: Course, read: (bucket: Bucket) => number | null, filled = false): ChartLine => ({ title, colour, filled, values: course.buckets.map(read) });

/** Live buckets are rates, those of a range counts. */
const rate = (course: Course, read: (bucket: Bucket) => number) => (bucket: Bucket): number => (course.width < 60 ? read(bucket) / course.width : read(bucket));

const minutes = (value: number): string => (value < 60 ? `${Math.round(value)} s` : `${Math.round(value / 60)} min`);
const percents = (value: number): string => `${Math.round(value * 100)} %`;

const CHARTS: readonly Chart[] = [
  {
    name: "events", title: "Events", note: ({ unit }) => unit, empty: "The line begins with the first events.", manner: { least: 5 },
    lines: (course) => [line("Events", "browsing", course, rate(course, ({ events }) => events), true), line("Suggestions", "suggestion", course, rate(course, ({ recommendations }) => recommendations))],
  },
  {
    name: "social", title: "Tables, invitations, visits", note: ({ unit }) => unit, empty: "The lines begin with the first invitation.", manner: { least: 1 },
    lines: (course) => [
      line("Tables asked for", "booking", course, rate(course, ({ bookings }) => bookings)),
      line("Invitations", "social", course, rate(course, ({ invites }) => invites)),
      line("Visits", "dining", course, rate(course, ({ visits }) => visits)),
    ],
  },
  {
    name: "persona", title: "Activity by persona", note: ({ unit }) => `events ${unit}`, empty: "Personas show as their people act.", manner: { least: 1 },
    lines: (course) => personaLines(course).map((one) => ({ ...one, values: course.width < 60 ? one.values.map((value) => (value ?? 0) / course.width) : one.values })),
  },
  {
    name: "conversion", title: "Conversion and suggestions taken", note: () => "shares", empty: "Shares need something to be a share of.", manner: { print: percents, least: 0.2 },
    lines: (course) => [line("Conversion", "booking", course, ({ conversion }) => conversion), line("Suggestions taken", "suggestion", course, ({ acceptance }) => acceptance)],
  },
  {
    name: "response", title: "Answer times", note: () => "median, simulated time", empty: "Times come with the first answers.", manner: { print: minutes, least: 60 },
    lines: (course) => [line("Invitations", "social", course, ({ inviteSeconds }) => inviteSeconds), line("Requests for a table", "booking", course, ({ bookingSeconds }) => bookingSeconds)],
  },
  {
    name: "groups", title: "Group size", note: () => "mean", empty: "Sizes come with the first groups.", manner: { print: (value) => value.toFixed(1), least: 4 },
    lines: (course) => [line("People in a group", "social", course, ({ groupSize }) => groupSize, true)],
  },
  {
    name: "tastes", title: "Taste shift, and friends’ share", note: () => "mean size · share of it", empty: "Tastes move as people browse, dine and review.", manner: { print: (value) => value.toFixed(2), least: 0.1 },
    lines: (course) => [line("Mean shift", "review", course, ({ tasteShift }) => tasteShift), line("Moved by friends", "social", course, ({ socialShare }) => socialShare)],
  },
];

export function Charts({ course, bands, range }: { readonly course: Course; readonly bands: readonly Band[]; readonly range: Range }) {
  return CHARTS.map((chart) => <ChartPanel key={`${chart.name}-${range.name}`} chart={chart} course={course} bands={bands} range={range} />);
}

interface PanelProperties {
  readonly chart: Chart;
  readonly course: Course;
  readonly bands: readonly Band[];
  readonly range: Range;
}

function ChartPanel({ chart, course, bands, range }: PanelProperties) {
  const live = range.groupBy === null;
  const manner = useMemo<ChartManner>(() => ({ ...chart.manner, ticks: live ? agoTicks : cityTicks, ...(live ? { shortestS: 60, longestS: 240 } : {}) }), [chart, live]);
  const times = useMemo(() => course.buckets.map(({ at }) => at), [course]);
  const lines = useMemo(() => chart.lines(course), [chart, course]);
  const known = lines.some(({ values }) => values.some((value) => value !== null));
  return (
    <Panel title={chart.title} note={chart.note(range)} className={`flow-chart ${chart.name === "persona" ? "flow-wide" : ""}`}>
      <ChartLegend lines={lines} />
      <TimeChart times={known ? times : []} lines={known ? lines : []} bands={bands} manner={manner} label={`${chart.title}, ${range.title}`} empty={chart.empty} testId={`chart-${chart.name}`} />
    </Panel>
  );
}
