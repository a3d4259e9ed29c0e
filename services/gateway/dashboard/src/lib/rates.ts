/** A few minutes of rates, a sample each second of wall time, for the chart and the sparklines. */
import { useMemo } from "react";
import { useLuna } from "./context.ts";
import { Ring } from "./ring.ts";
import { Store, useStore } from "./store.ts";
import type { Course } from "../generated/api.ts";
import type { Counted, Stats, TopicName } from "./types.ts";

/** What is kept of the figures of a second. */
export type Figures = Omit<Counted, "wall_time" | "simulation_time" | "scenarios">;

export interface Sample {
  /** Seconds since 1970, wall clock. */
  readonly time: number;
  readonly stats: Figures;
  readonly scenarios: readonly string[];
}

export interface Band {
  readonly scenario: string;
  readonly from: number;
  readonly to: number;
}

const SECONDS = 300;
/** Rates are means of so long. */
const WINDOW_MS = 10_000;

export class Rates {
  readonly version = new Store(0);
  readonly samples = new Ring<Sample>(SECONDS);
  readonly #now: () => number;
  /** Until then rates are partly those of the backfill. */
  #pastUntil = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A city that begins to live has a line that begins then: beside its past no life would be seen. */
  sample(stats: Stats): void {
    const now = this.#now();
    const time = Math.floor(now / 1000);
    if (this.samples.at(this.samples.size - 1)?.time === time) {
      return;
    }
    if (stats.phase === "backfill") {
      this.#pastUntil = now + WINDOW_MS;
    } else if (now < this.#pastUntil) {
      return;
    } else if (this.#pastUntil > 0) {
      this.#pastUntil = 0;
      this.samples.clear();
    }
    this.samples.push({ time, stats, scenarios: stats.scenarios.map(({ name }) => name) });
    this.version.update((version) => version + 1);
  }

  /** What the gateway counted before this page came, by our clock: its newest second is now. */
  recall({ samples }: Course): void {
    const behindMs = this.#now() - Date.parse(samples.at(-1)?.wall_time ?? "");
    const known = this.samples.toArray();
    const first = known[0]?.time ?? Infinity;
    const earlier = new Map<number, Sample>();
    for (const counted of samples) {
      const time = Math.floor((Date.parse(counted.wall_time) + behindMs) / 1000);
      if (time < first) {
        earlier.set(time, { time, stats: counted, scenarios: counted.scenarios.map(({ name }) => name) });
      }
    }
    this.samples.clear();
    [...earlier.values(), ...known].forEach((sample) => this.samples.push(sample));
    this.version.update((version) => version + 1);
  }

  clear(): void {
    this.samples.clear();
    this.version.update((version) => version + 1);
  }

  series(topics: readonly TopicName[]): (number | null)[] {
    return this.samples.toArray().map(({ stats }) => topics.reduce((sum, topic) => sum + (stats.topic_rates[topic] ?? 0), 0));
  }
}

/** Spans in which each scenario was on, from samples. */
export function bandsOf(samples: readonly Sample[]): Band[] {
  const bands: Band[] = [];
  const open = new Map<string, Band>();
  for (const { time, scenarios } of samples) {
    for (const [scenario, band] of open) {
      if (!scenarios.includes(scenario)) {
        bands.push(band);
        open.delete(scenario);
      }
    }
    for (const scenario of scenarios) {
      open.set(scenario, { scenario, from: open.get(scenario)?.from ?? time, to: time });
    }
  }
  return [...bands, ...open.values()];
}

/** The samples kept, a new list whenever one is added. */
export function useSamples(): readonly Sample[] {
  const { rates } = useLuna();
  const version = useStore(rates.version, (known) => known);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the ring is one object; its version says when it changed
  return useMemo(() => rates.samples.toArray(), [rates, version]);
}

/** Scenarios over wall time, under the names that people know them by. */
export function useLiveBands(): readonly Band[] {
  const luna = useLuna();
  const titles = useStore(luna.scenarios, (known) => known);
  const samples = useSamples();
  return useMemo(() => {
    const names = new Map(titles.map(({ id, title }) => [id, title]));
    return bandsOf(samples).map((band) => ({ ...band, scenario: names.get(band.scenario) ?? band.scenario }));
  }, [titles, samples]);
}
