/** A few minutes of rates, a sample each second of wall time, for the chart and the sparklines. */
import { useMemo } from "react";
import { useLuna } from "./context.ts";
import { Ring } from "./ring.ts";
import { Store, useStore } from "./store.ts";
import type { Stats, TopicName } from "./types.ts";

export interface Sample {
  /** Seconds since 1970, wall clock. */
  readonly time: number;
  readonly stats: Stats;
  readonly scenarios: readonly string[];
}

export interface Band {
  readonly scenario: string;
  readonly from: number;
  readonly to: number;
}

const SECONDS = 300;

export class Rates {
  readonly version = new Store(0);
  readonly samples = new Ring<Sample>(SECONDS);
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  sample(stats: Stats): void {
    const time = Math.floor(this.#now() / 1000);
    if (this.samples.at(this.samples.size - 1)?.time === time) {
      return;
    }
    this.samples.push({ time, stats, scenarios: stats.scenarios.map(({ name }) => name) });
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
