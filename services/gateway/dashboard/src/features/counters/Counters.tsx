/** Live figures with their course over the last minute, in one strip. */
import { Sparkline } from "../../components/Sparkline.tsx";
import { useLuna } from "../../lib/context.ts";
import { useStore } from "../../lib/store.ts";
import { COUNTERS, trend, type Counter } from "./counters.ts";
import "./counters.css";

const SECONDS = 60;

export function Counters() {
  return (
    <section className="panel counters" aria-label="Live figures">
      <dl className="counters-list" tabIndex={0} aria-label="Live figures">
        {COUNTERS.map((counter) => (
          <Tile key={counter.name} counter={counter} />
        ))}
      </dl>
    </section>
  );
}

function Tile({ counter }: { readonly counter: Counter }) {
  const luna = useLuna();
  const value = useStore(luna.stats, (stats) => (stats === null ? null : counter.read(stats)));
  useStore(luna.rates.version, (version) => version);
  const values = luna.rates.samples.toArray().slice(-SECONDS).map(({ stats }) => counter.read(stats));
  const alarming = value !== null && counter.alarming?.(value) === true;
  return (
    <div className={`counter ${alarming ? "counter-alarming" : ""}`} title={counter.hint}>
      <dt>{counter.title}</dt>
      <dd>
        <span className="counter-value" data-testid={`counter-${counter.name}`}>
          {counter.print(value)}
        </span>
        {counter.telling === true ? <Delta share={trend(values)} /> : null}
      </dd>
      <Sparkline values={values} width={38} height={18} />
    </div>
  );
}

function Delta({ share }: { readonly share: number | null }) {
  if (share === null || share === 0) {
    return null;
  }
  const size = Math.min(999, Math.round(Math.abs(share) * 100));
  return size === 0 ? null : (
    <span className="counter-delta" aria-label={`${share > 0 ? "up" : "down"} ${size} percent in a minute`}>
      {share > 0 ? "+" : "−"}
      {size}%
    </span>
  );
}
