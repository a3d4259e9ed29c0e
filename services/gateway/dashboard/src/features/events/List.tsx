/** Only the rows in view are in the page; headings of windows are rows too. */
import { memo } from "react";
import { placed, useRowsInView } from "../../components/records/useRowsInView.ts";
import { Sentence } from "../../components/Sentence.tsx";
import { FAMILY_TITLES, familyOf } from "../../lib/families.ts";
import { amount, clockTime } from "../../lib/format.ts";
import type { CityEvent } from "../../lib/types.ts";
import type { Heading, Row } from "./windows.ts";
import "../../components/records/rows.css";

const ROW = 40;

interface Properties {
  readonly rows: readonly Row[];
  readonly chosen: string;
  readonly onOpen: (event: CityEvent) => void;
}

export function List({ rows, chosen, onOpen }: Properties) {
  const { scroller, onScroll, first, shown, height } = useRowsInView(rows, ROW);
  return (
    <div ref={scroller} className="record-rows events-rows" tabIndex={0} role="region" aria-label="Events, newest first" data-testid="events" onScroll={onScroll}>
      <ol style={{ height }}>
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

const WindowRow = memo(function WindowRow({ heading, place }: { readonly heading: Heading; readonly place: number }) {
  return (
    <li className="events-window" style={placed(place, ROW)} data-testid="events-window">
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
    <li className={`record-row events-row family-${familyOf(event)} ${chosen ? "record-row-chosen" : ""}`} style={placed(place, ROW)} data-testid="event" data-event={event.event_id} data-event-type={event.event_type} data-topic={event.topic}>
      <button type="button" onClick={() => onOpen(event)} aria-current={chosen}>
        <time dateTime={event.simulation_time}>{clockTime(event.simulation_time)}</time>
        <span className="events-type">{event.event_type}</span>
        <span className="record-words events-words">
          <Sentence event={event} />
        </span>
      </button>
    </li>
  );
});
