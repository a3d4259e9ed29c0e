/** Every chart over time on the page: lines with a legend, scenarios as shaded bands, words where there is nothing to draw. */
import { useEffect, useRef } from "react";
import "uplot/dist/uPlot.min.css";
import { useStore } from "../../lib/store.ts";
import { amount } from "../../lib/format.ts";
import { theme } from "../../lib/theme.ts";
import { Drawing, type ChartData, type ChartManner } from "./drawing.ts";
import "./chart.css";

interface Properties extends ChartData {
  /** What is drawn, for those who do not see it. */
  readonly label: string;
  /** Keep this object: another one draws the chart anew. */
  readonly manner: ChartManner;
  /** Said while there are fewer than two moments. */
  readonly empty: string;
  readonly testId?: string;
}

export function TimeChart({ times, lines, bands, label, manner, empty, testId }: Properties) {
  const place = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const data = useRef<ChartData>({ times, lines, bands });
  const shade = useStore(theme, (known) => known);
  const shape = lines.map(({ title, colour }) => `${title}:${colour}`).join();
  useEffect(() => {
    data.current = { times, lines, bands };
    drawing.current?.show(data.current);
  }, [times, lines, bands]);
  useEffect(() => {
    const element = place.current;
    if (element === null) {
      return undefined;
    }
    const made = new Drawing(element, data.current, manner);
    drawing.current = made;
    const observer = new ResizeObserver(() => made.fit());
    observer.observe(element);
    return () => {
      drawing.current = null;
      observer.disconnect();
      made.remove();
    };
  }, [shade, shape, manner]);
  const { print = amount } = manner;
  const latest = lines.map(({ title, values }) => `${title} ${print(values.findLast((value) => value !== null) ?? 0)}`).join(", ");
  return (
    <div ref={place} className="chart" role="img" aria-label={`${label}. Latest: ${latest}`} data-testid={testId}>
      {times.length < 2 ? <p className="chart-empty">{empty}</p> : null}
    </div>
  );
}

/** Colours of the lines, beside the title of a panel. */
export function ChartLegend({ lines }: { readonly lines: readonly { readonly title: string; readonly colour: string }[] }) {
  return (
    <ul className="chart-legend">
      {lines.map(({ title, colour }) => (
        <li key={title}>
          <span aria-hidden="true" style={{ background: `var(--${colour})` }} />
          {title}
        </li>
      ))}
    </ul>
  );
}
