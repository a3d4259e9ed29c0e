/** The chart itself, outside React. */
import uPlot from "uplot";
import type { Family } from "../../lib/families.ts";
import { amount } from "../../lib/format.ts";
import { bandsOf, type Rates } from "../../lib/rates.ts";
import { token } from "../../lib/theme.ts";
import type { TopicName } from "../../lib/types.ts";

interface Line {
  readonly title: string;
  readonly family: Family;
  readonly topics: readonly TopicName[];
}

export const LINES: readonly Line[] = [
  { title: "Actions", family: "browsing", topics: ["user_actions"] },
  { title: "Social", family: "social", topics: ["social_interactions"] },
  { title: "Bookings", family: "booking", topics: ["bookings"] },
  { title: "Suggestions", family: "suggestion", topics: ["recommendations"] },
  { title: "Tastes and journeys", family: "dining", topics: ["preferences", "journeys"] },
];

/** Wall time shown, in seconds: grows with what there is. */
const SHORTEST_S = 60;
const LONGEST_S = 240;
const AXIS_FONT = '11px "Inter Variable", sans-serif';

export class RateDrawing {
  readonly #element: HTMLElement;
  readonly #rates: Rates;
  readonly #titleOf: (scenario: string) => string;
  readonly #chart: uPlot;

  constructor(element: HTMLElement, rates: Rates, titleOf: (scenario: string) => string) {
    this.#element = element;
    this.#rates = rates;
    this.#titleOf = titleOf;
    this.#chart = new uPlot(this.#options(), this.#data(), element);
  }

  draw(): void {
    this.#chart.setData(this.#data());
  }

  fit(): void {
    this.#chart.setSize({ width: this.#element.clientWidth, height: this.#element.clientHeight });
  }

  remove(): void {
    this.#chart.destroy();
  }

  #data(): uPlot.AlignedData {
    const times = this.#rates.samples.toArray().map(({ time }) => time);
    return [times, ...LINES.map(({ topics }) => this.#rates.series(topics))];
  }

  #options(): uPlot.Options {
    const axis: uPlot.Axis = {
      stroke: token("faint"),
      font: AXIS_FONT,
      grid: { stroke: token("line"), width: 1 },
      ticks: { show: false },
    };
    return {
      width: this.#element.clientWidth,
      height: this.#element.clientHeight,
      legend: { show: false },
      cursor: { y: false, points: { size: 5 }, drag: { x: false, y: false } },
      padding: [14, 26, 0, 0],
      scales: {
        x: { time: true, range: (_, first, last) => [last - Math.min(LONGEST_S, Math.max(SHORTEST_S, last - first)), last] },
        y: { range: (_, __, most: number | null) => [0, Math.max(5, (most ?? 0) * 1.15)] },
      },
      axes: [
        { ...axis, size: 26, splits: (_, __, from, to) => backwards(from, to), values: (_, ticks) => ticks.map((tick) => ago(tick, this.#last())) },
        { ...axis, size: 42, space: 34, values: (_, ticks) => ticks.map((tick) => amount(tick)) },
      ],
      series: [
        {},
        ...LINES.map(({ title, family }, index) => ({
          label: title,
          stroke: token(family),
          width: index === 0 ? 1.8 : 1.5,
          fill: index === 0 ? `${token(family)}14` : undefined,
          points: { show: false },
        })),
      ],
      hooks: { drawClear: [(chart) => this.#shade(chart, false)], draw: [(chart) => this.#shade(chart, true)] },
    };
  }

  #last(): number {
    return this.#rates.samples.at(this.#rates.samples.size - 1)?.time ?? 0;
  }

  /** Bands lie under the lines, their titles over them. */
  #shade(chart: uPlot, titles: boolean): void {
    const { ctx: context, bbox: box } = chart;
    const ratio = uPlot.pxRatio;
    context.save();
    context.font = `500 ${11 * ratio}px "Inter Variable", sans-serif`;
    context.textBaseline = "top";
    context.textAlign = "left";
    bandsOf(this.#rates.samples.toArray()).forEach(({ scenario, from, to }, index) => {
      const left = Math.max(box.left, chart.valToPos(from, "x", true));
      const right = Math.min(box.left + box.width, chart.valToPos(to, "x", true));
      if (right > left && !titles) {
        context.fillStyle = token("accent-wash");
        context.fillRect(left, box.top, right - left, box.height);
        context.fillStyle = token("accent");
        context.fillRect(left, box.top, right - left, 2 * ratio);
      } else if (right > left) {
        context.fillStyle = token("accent");
        const title = this.#titleOf(scenario);
        const room = box.left + box.width - context.measureText(title).width - 4 * ratio;
        context.fillText(title, Math.min(left + 6 * ratio, room), box.top + (6 + (index % 2) * 15) * ratio);
      }
    });
    context.restore();
  }
}

/** Ticks counted back from now. */
function backwards(from: number, to: number): number[] {
  const step = to - from > 120 ? 60 : 15;
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => to - index * step).reverse();
}

function ago(time: number, last: number): string {
  const seconds = Math.round(last - time);
  if (seconds < 5) {
    return "now";
  }
  return seconds < 60 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`;
}
