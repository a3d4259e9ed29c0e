/** Events a second by family over the last minutes. */
import { useMemo } from "react";
import { useLuna } from "../../lib/context.ts";
import { useLiveBands, useSamples } from "../../lib/rates.ts";
import type { TopicName } from "../../lib/types.ts";
import type { ChartManner } from "./drawing.ts";
import { agoTicks } from "./ticks.ts";
import { ChartLegend, TimeChart } from "./TimeChart.tsx";

const LINES: readonly { readonly title: string; readonly colour: string; readonly topics: readonly TopicName[] }[] = [
  { title: "Actions", colour: "browsing", topics: ["user_actions"] },
  { title: "Social", colour: "social", topics: ["social_interactions"] },
  { title: "Bookings", colour: "booking", topics: ["bookings"] },
  { title: "Suggestions", colour: "suggestion", topics: ["recommendations"] },
  { title: "Tastes and journeys", colour: "dining", topics: ["preferences", "journeys"] },
];

/** Wall time shown grows with what there is. */
export const LIVE: ChartManner = { ticks: agoTicks, shortestS: 60, longestS: 240, least: 5 };

export function RateChart() {
  const luna = useLuna();
  const samples = useSamples();
  const bands = useLiveBands();
  const times = useMemo(() => samples.map(({ time }) => time), [samples]);
  const lines = useMemo(
    () => LINES.map(({ title, colour, topics }, index) => ({ title, colour, filled: index === 0, values: samples.length === 0 ? [] : luna.rates.series(topics) })),
    [luna, samples],
  );
  return (
    <section className="panel rates" aria-label="Events a second, by family">
      <header className="panel-head">
        <h2 className="panel-title">Events a second</h2>
        <ChartLegend lines={LINES} />
      </header>
      <TimeChart times={times} lines={lines} bands={bands} manner={LIVE} label="Events a second, by family" empty="The line begins with the first seconds of life." testId="rates" />
    </section>
  );
}
