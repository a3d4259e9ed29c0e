/** Only the rows in view are in the page: thousands of events a second cost no more than twenty. */
import { memo } from "react";
import { Sentence } from "../Sentence.tsx";
import { familyOf } from "../../lib/families.ts";
import { shortTime } from "../../lib/format.ts";
import type { CityEvent } from "../../lib/types.ts";
import { placed, useRowsInView } from "./useRowsInView.ts";
import "./rows.css";
import "./records.css";

const ROW = 44;

interface Properties {
  readonly events: readonly CityEvent[];
  readonly inspected: CityEvent | null;
  readonly onInspect: (event: CityEvent) => void;
}

export function Rows({ events, inspected, onInspect }: Properties) {
  const { scroller, onScroll, first, shown, height } = useRowsInView(events, ROW);
  return (
    <div ref={scroller} className="record-rows" data-testid="feed" tabIndex={0} role="log" aria-live="off" aria-label="Events, newest first" onScroll={onScroll}>
      {events.length === 0 ? (
        <p className="feed-empty">Nothing here yet. Events appear as the city lives, or when the filters allow more.</p>
      ) : (
        <ol style={{ height }}>
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
  return (
    <li className={`record-row feed-row family-${familyOf(event)} ${chosen ? "record-row-chosen" : ""}`} style={placed(place, ROW)} data-testid="feed-row" data-event-type={event.event_type}>
      <button type="button" onClick={() => onInspect(event)}>
        <time dateTime={event.simulation_time}>{shortTime(event.simulation_time)}</time>
        <span className="record-words feed-words">
          <Sentence event={event} />
        </span>
      </button>
    </li>
  );
});
