/** The spans the view can show. */
export type RangeName = "live" | "1h" | "24h" | "7d";

export interface Range {
  readonly name: RangeName;
  readonly title: string;
  /** Null for live, which the page counts itself. */
  readonly groupBy: "minute" | "hour" | null;
  /** Seconds of a bucket, and how they are said. */
  readonly width: number;
  readonly unit: string;
  readonly everyMs: number;
}

export const RANGES: readonly Range[] = [
  { name: "live", title: "Live", groupBy: null, width: 5, unit: "a second", everyMs: 10_000 },
  { name: "1h", title: "1 hour", groupBy: "minute", width: 60, unit: "a minute", everyMs: 5_000 },
  { name: "24h", title: "24 hours", groupBy: "hour", width: 3600, unit: "an hour", everyMs: 15_000 },
  { name: "7d", title: "7 days", groupBy: "hour", width: 3600, unit: "an hour", everyMs: 30_000 },
];

const FIRST: Range = { name: "live", title: "Live", groupBy: null, width: 5, unit: "a second", everyMs: 10_000 };

/** The range of the address; live for any other word. */
export const rangeOf = (name: string): Range => RANGES.find((range) => range.name === name) ?? FIRST;
