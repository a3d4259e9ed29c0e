/** A card that leads through five acts; what it offers really happens. */
import { useEffect, useRef } from "react";
import { AckLine } from "../../components/controls/AckLine.tsx";
import { Icon } from "../../components/Icon.tsx";
import { useLuna } from "../../lib/context.ts";
import { useStore } from "../../lib/store.ts";
import { tourAct } from "../../lib/tour.ts";
import { ACTS } from "./acts.ts";
import "./tour.css";

export function Tour() {
  const luna = useLuna();
  const number = useStore(tourAct, (known) => known ?? 0);
  const title = useRef<HTMLHeadingElement>(null);
  const act = ACTS[number];
  useEffect(() => {
    act?.place(luna);
    title.current?.focus();
  }, [act, luna]);
  if (act === undefined) {
    return null;
  }
  const last = number === ACTS.length - 1;
  return (
    <aside className="tour" aria-label="Guided tour" data-testid="tour" data-act={number + 1}>
      <header>
        <small>
          Act {number + 1} of {ACTS.length}
        </small>
        <button type="button" className="button button-quiet icon-button" aria-label="Leave the tour" onClick={() => tourAct.set(null)}>
          <Icon name="close" />
        </button>
      </header>
      <h2 ref={title} tabIndex={-1}>
        {act.title}
      </h2>
      <p>{act.words}</p>
      <div className="tour-deeds">
        {act.deeds.map((deed) => (
          <button key={deed.title} type="button" className="button" onClick={() => deed.run(luna)}>
            {deed.title}
          </button>
        ))}
      </div>
      <AckLine />
      <footer>
        <button type="button" className="button button-quiet" disabled={number === 0} onClick={() => tourAct.set(number - 1)}>
          Back
        </button>
        <button type="button" className="button button-primary" data-testid="tour-next" onClick={() => tourAct.set(last ? null : number + 1)}>
          {last ? "The end" : "Next act"}
        </button>
      </footer>
    </aside>
  );
}
