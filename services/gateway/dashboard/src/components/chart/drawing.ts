/** A chart over time, drawn outside React: lines, and under them the spans in which something is known to have been caused. */
import uPlot from "uplot";
import { amount } from "../../lib/format.ts";
import type { Band } from "../../lib/rates.ts";
import { token } from "../../lib/theme.ts";

export interface ChartLine {
  readonly title: string;
  /** Name of a colour of the theme. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly filled?: boolean;
  readonly dashed?: boolean;
}

export interface ChartData {
  /** Seconds; one for each value of every line. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly bands: readonly Band[];
}

export interface ChartManner {
  /** Where the horizontal axis has its words, and what they are. */
  readonly ticks: (from: number, to: number) => { readonly at: number; readonly text: string }[];
  readonly print?: (value: number) => string;
  /** At least so much of time is shown, in seconds. */
  readonly shortestS?: number;
  readonly longestS?: number;
  /** The vertical axis reaches at least so far. */
  readonly least?: number;
  /** The vertical axis follows the lines instead of beginning at 0, and shows at least so much. */
  readonly close?: number;
}

const AXIS_FONT = '11px "Inter Variable", sans-serif';

export class Drawing {
  readonly #element: HTMLElement;
  readonly #manner: ChartManner;
  readonly #chart: uPlot;
  #data: ChartData;

  constructor(element: HTMLElement, data: ChartData, manner: ChartManner) {
    this.#element = element;
    this.#manner = manner;
    this.#data = data;
    this.#chart = new uPlot(this.#options(), aligned(data), element);
  }

  show(data: ChartData): void {
    this.#data = data;
    this.#chart.setData(aligned(data));
  }

  fit(): void {
    this.#chart.setSize({ width: this.#element.clientWidth, height: this.#element.clientHeight });
  }

  remove(): void {
    this.#chart.destroy();
  }

  #options(): uPlot.Options {
    const axis: uPlot.Axis = { stroke: token("faint"), font: AXIS_FONT, grid: { stroke: token("line"), width: 1 }, ticks: { show: false } };
    const { shortestS = 0, longestS = Number.POSITIVE_INFINITY, least = 1, close, print = amount } = this.#manner;
    return {
      width: this.#element.clientWidth,
      height: this.#element.clientHeight,
      legend: { show: false },
      cursor: { y: false, points: { size: 5 }, drag: { x: false, y: false } },
      padding: [14, 26, 0, 0],
      scales: {
        x: { time: false, range: (_, first, last) => [last - Math.min(longestS, Math.max(shortestS, last - first)), last] },
        y: { range: (_, low: number | null, most: number | null) => (close === undefined ? [0, Math.max(least, (most ?? 0) * 1.15)] : around(low ?? 0, most ?? least, close)) },
      },
      axes: [
        { ...axis, size: 26, splits: (_, __, from, to) => this.#ticks(from, to).map(({ at }) => at), values: (chart) => this.#ticks(chart.scales.x?.min ?? 0, chart.scales.x?.max ?? 0).map(({ text }) => text) },
        { ...axis, size: 50, space: 34, values: (_, ticks) => ticks.map((tick) => print(tick)) },
      ],
      series: [
        {},
        ...this.#data.lines.map(({ title, colour, filled, dashed }) => ({
          label: title,
          stroke: token(colour),
          width: 1.6,
          fill: filled === true ? `${token(colour)}14` : undefined,
          dash: dashed === true ? [5, 4] : undefined,
          points: { show: false },
        })),
      ],
      hooks: { drawClear: [(chart) => this.#shade(chart, false)], draw: [(chart) => this.#shade(chart, true)] },
    };
  }

  #ticks(from: number, to: number) {
    return this.#manner.ticks(from, to).filter(({ at }) => at >= from && at <= to);
  }

  /** Bands lie under the lines, their titles over them. */
  #shade(chart: uPlot, titles: boolean): void {
    const { ctx: context, bbox: box } = chart;
    const ratio = uPlot.pxRatio;
    context.save();
    context.font = `500 ${11 * ratio}px "Inter Variable", sans-serif`;
    context.textBaseline = "top";
    context.textAlign = "left";
    this.#data.bands.forEach(({ scenario, from, to }, index) => {
      const left = Math.max(box.left, chart.valToPos(from, "x", true));
      const right = Math.min(box.left + box.width, chart.valToPos(to, "x", true));
      if (right > left && !titles) {
        context.fillStyle = token("accent-wash");
        context.fillRect(left, box.top, right - left, box.height);
        context.fillStyle = token("accent");
        context.fillRect(left, box.top, right - left, 2 * ratio);
      } else if (right > left) {
        context.fillStyle = token("accent");
        const room = box.left + box.width - context.measureText(scenario).width - 4 * ratio;
        context.fillText(scenario, Math.min(left + 6 * ratio, room), box.top + (6 + (index % 2) * 15) * ratio);
      }
    });
    context.restore();
  }
}

const aligned = ({ times, lines }: ChartData): uPlot.AlignedData => [[...times], ...lines.map(({ values }) => [...values])];

/** From a little below the lowest to a little above the highest, `close` apart at least. */
function around(low: number, high: number, close: number): [number, number] {
  const half = Math.max(close, (high - low) * 1.2) / 2;
  return [(low + high) / 2 - half, (low + high) / 2 + half];
}
