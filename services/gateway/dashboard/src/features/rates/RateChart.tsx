/** Events a second by family over the last minutes, scenarios as shaded bands. */
import { useEffect, useRef } from "react";
import "uplot/dist/uPlot.min.css";
import { useLuna } from "../../lib/context.ts";
import type { Rates } from "../../lib/rates.ts";
import { useStore } from "../../lib/store.ts";
import { theme } from "../../lib/theme.ts";
import { LINES, RateDrawing } from "./drawing.ts";
import "./rates.css";

export function RateChart() {
  const luna = useLuna();
  const place = useRef<HTMLDivElement>(null);
  const shade = useStore(theme, (known) => known);
  const titles = useStore(luna.scenarios, (known) => known);
  const few = useStore(luna.rates.version, (version) => version < 2);
  useEffect(() => {
    if (place.current === null) {
      return undefined;
    }
    const names = new Map(titles.map(({ id, title }) => [id, title]));
    return drawn(place.current, luna.rates, (scenario) => names.get(scenario) ?? scenario);
  }, [luna, shade, titles]);
  return (
    <section className="panel rates" aria-label="Events a second, by family">
      <header className="panel-head">
        <h2 className="panel-title">Events a second</h2>
        <ul className="rates-legend">
          {LINES.map(({ title, family }) => (
            <li key={family} className={`family-${family}`}>
              <span aria-hidden="true" />
              {title}
            </li>
          ))}
        </ul>
      </header>
      <div ref={place} className="rates-place" data-testid="rates">
        {few ? <p className="rates-empty">The line begins with the first seconds of life.</p> : null}
      </div>
    </section>
  );
}

function drawn(element: HTMLElement, rates: Rates, titleOf: (scenario: string) => string): () => void {
  const drawing = new RateDrawing(element, rates, titleOf);
  const deaf = rates.version.subscribe(() => drawing.draw());
  const observer = new ResizeObserver(() => drawing.fit());
  observer.observe(element);
  return () => {
    deaf();
    observer.disconnect();
    drawing.remove();
  };
}
