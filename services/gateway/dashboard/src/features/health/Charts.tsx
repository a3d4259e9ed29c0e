/** Latency from Kafka to the page, and how far each service is behind, over the last minutes. */
import { useMemo } from "react";
import { agoTicks } from "../../components/chart/ticks.ts";
import type { ChartManner } from "../../components/chart/drawing.ts";
import { ChartLegend, TimeChart } from "../../components/chart/TimeChart.tsx";
import { Panel } from "../../components/Panel.tsx";
import { milliseconds } from "../../lib/format.ts";
import { useLiveBands, useSamples } from "../../lib/rates.ts";

const LATENCY: ChartManner = { ticks: agoTicks, shortestS: 60, longestS: 240, least: 50, print: milliseconds };
const BEHIND: ChartManner = { ticks: agoTicks, shortestS: 60, longestS: 240, least: 20 };

const PERCENTILES = [
  { title: "Median", colour: "suggestion" },
  { title: "Slowest hundredth", colour: "review" },
] as const;

const SERVICES = [
  { title: "simulator", colour: "booking" },
  { title: "recommender", colour: "suggestion" },
  { title: "booking", colour: "social" },
  { title: "analytics", colour: "browsing" },
] as const;

export function LatencyChart() {
  const samples = useSamples();
  const bands = useLiveBands();
  const times = useMemo(() => samples.map(({ time }) => time), [samples]);
  const lines = useMemo(
    () => PERCENTILES.map((line, index) => ({ ...line, values: samples.map(({ stats }) => (index === 0 ? stats.latency_ms.p50 : stats.latency_ms.p99)) })),
    [samples],
  );
  return (
    <Panel title="Latency" note="Record to page" actions={<ChartLegend lines={PERCENTILES} />} className="health-chart">
      <TimeChart times={times} lines={lines} bands={bands} manner={LATENCY} label="Latency from record to page" empty="The line begins with the first live events." testId="latency" />
    </Panel>
  );
}

export function LagChart() {
  const samples = useSamples();
  const bands = useLiveBands();
  const times = useMemo(() => samples.map(({ time }) => time), [samples]);
  const lines = useMemo(() => SERVICES.map((line) => ({ ...line, values: samples.map(({ stats }) => stats.lag[line.title] ?? null) })), [samples]);
  return (
    <Panel title="Lag" note="Records not read yet" actions={<ChartLegend lines={SERVICES} />} className="health-chart">
      <TimeChart times={times} lines={lines} bands={bands} manner={BEHIND} label="Records each service has not read yet" empty="The lines begin with the first seconds." testId="lag" />
    </Panel>
  );
}
