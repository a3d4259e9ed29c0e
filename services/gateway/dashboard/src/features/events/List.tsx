/** Only the rows in view are in the page; headings of windows are rows too. */
import { memo, useRef, useState, type CSSProperties } from "react";
import { Sentence } from "../../components/Sentence.tsx";
import { FAMILY_TITLES, familyOf } from "../../lib/families.ts";
import { amount, clockTime } from "../../lib/format.ts";
import type { CityEvent } from "../../lib/types.ts";
import type { Heading, Row } from "./windows.ts";

/** Height of a row in CSS pixels; events.css has the same. */
const ROW = 40;
const SPARE = 4;
const IN_VIEW = 30;

interface Properties {
  readonly rows: readonly Row[];
  readonly chosen: string;
  readonly onOpen: (event: CityEvent) => void;
}

export function List({ rows, chosen, onOpen }: Properties) {
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(ROW * IN_VIEW);
  const first = Math.max(0, Math.floor(top / ROW) - SPARE);
  const shown = rows.slice(first, first + Math.ceil(height / ROW) + 2 * SPARE);
  const measure = () => {
    if (scroller.current !== null) {
      setTop(scroller.current.scrollTop);
      setHeight(scroller.current.clientHeight);
    }
  };
  return (
    <div ref={scroller} className="events-rows" tabIndex={0} role="region" aria-label="Events, newest first" data-testid="events" onScroll={measure}>
      <ol style={{ height: rows.length * ROW }}>
        {shown.map((row, index) =>
          row.kind === "heading" ? (
            <WindowRow key={row.key} heading={row} place={first + index} />
          ) : (
            <EventRow key={row.key} event={row.event} place={first + index} chosen={row.key === chosen} onOpen={onOpen} />
          ),
        )}
      </ol>
    </div>
  );
}

const placed = (place: number): CSSProperties => ({ transform: `translateY(${place * ROW}px)` });

const WindowRow = memo(function WindowRow({ heading, place }: { readonly heading: Heading; readonly place: number }) {
  return (
    <li className="events-window" style={placed(place)} data-testid="events-window">
      <strong>{heading.title}</strong>
      <span>{amount(heading.count)}</span>
      <i role="img" aria-label={heading.families.map(([family, count]) => `${FAMILY_TITLES[family]} ${count}`).join(", ")}>
        {heading.families.map(([family, count]) => (
          <b key={family} className={`family-${family}`} style={{ flexGrow: count }} />
        ))}
      </i>
    </li>
  );
});

interface RowProperties {
  readonly event: CityEvent;
  readonly place: number;
  readonly chosen: boolean;
  readonly onOpen: (event: CityEvent) => void;
}

const EventRow = memo(function EventRow({ event, place, chosen, onOpen }: RowProperties) {
  return (
    <li className={`events-row family-${familyOf(event)} ${chosen ? "events-row-chosen" : ""}`} style={placed(place)} data-testid="event" data-event={event.event_id} data-event-type={event.event_type} data-topic={event.topic}>
      <button type="button" onClick={() => onOpen(event)} aria-current={chosen}>
        <time dateTime={event.simulation_time}>{clockTime(event.simulation_time)}</time>
        <span className="events-type">{event.event_type}</span>
        <span className="events-words">
          <Sentence event={event} />
        </span>
      </button>
    </li>
  );
});
