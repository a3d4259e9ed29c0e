/** Only the rows in view are in the page: thousands of events a second cost no more than twenty. */
import { memo, useRef, useState, type CSSProperties } from "react";
import { Sentence } from "../Sentence.tsx";
import { familyOf } from "../../lib/families.ts";
import { shortTime } from "../../lib/format.ts";
import type { CityEvent } from "../../lib/types.ts";
import "./records.css";

/** Height of a row in CSS pixels; records.css has the same. */
const ROW = 44;
const SPARE = 3;
const IN_VIEW = 24;

interface Properties {
  readonly events: readonly CityEvent[];
  readonly inspected: CityEvent | null;
  readonly onInspect: (event: CityEvent) => void;
}

export function Rows({ events, inspected, onInspect }: Properties) {
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(ROW * IN_VIEW);
  const first = Math.max(0, Math.floor(top / ROW) - SPARE);
  const shown = events.slice(first, first + Math.ceil(height / ROW) + 2 * SPARE);
  const measure = () => {
    if (scroller.current !== null) {
      setTop(scroller.current.scrollTop);
      setHeight(scroller.current.clientHeight);
    }
  };
  return (
    <div ref={scroller} className="feed-rows" data-testid="feed" tabIndex={0} role="log" aria-live="off" aria-label="Events, newest first" onScroll={measure}>
      {events.length === 0 ? (
        <p className="feed-empty">Nothing here yet. Events appear as the city lives, or when the filters allow more.</p>
      ) : (
        <ol style={{ height: events.length * ROW }}>
          {shown.map((event, index) => (
            <Row key={event.event_id} event={event} place={first + index} chosen={inspected?.event_id === event.event_id} onInspect={onInspect} />
          ))}
        </ol>
      )}
    </div>
  );
}

interface RowProperties {
  readonly event: CityEvent;
  readonly place: number;
  readonly chosen: boolean;
  readonly onInspect: (event: CityEvent) => void;
}

const Row = memo(function Row({ event, place, chosen, onInspect }: RowProperties) {
  const style: CSSProperties = { transform: `translateY(${place * ROW}px)` };
  return (
    <li className={`feed-row family-${familyOf(event)} ${chosen ? "feed-row-chosen" : ""}`} style={style} data-testid="feed-row" data-event-type={event.event_type}>
      <button type="button" onClick={() => onInspect(event)}>
        <time dateTime={event.simulation_time}>{shortTime(event.simulation_time)}</time>
        <span className="feed-words">
          <Sentence event={event} />
        </span>
      </button>
    </li>
  );
});
