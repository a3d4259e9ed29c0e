/** One record, whole: where it lies on Kafka and every column it has. */
import { useEffect, useRef } from "react";
import { Icon } from "../Icon.tsx";
import { Sentence } from "../Sentence.tsx";
import { useLuna } from "../../lib/context.ts";
import { familyOf } from "../../lib/families.ts";
import { clockTime, dayOf } from "../../lib/format.ts";
import { cityName } from "../../lib/place.ts";
import type { CityEvent } from "../../lib/types.ts";
import "./records.css";

const PLACE = ["topic", "partition", "offset", "record_timestamp", "schema_id", "event_id", "correlation_id", "cause_id", "source", "run_id", "branch"];

interface Properties {
  readonly event: CityEvent;
  readonly onClose: () => void;
  readonly onInspect: (event: CityEvent) => void;
}

export function Inspector({ event, onClose, onInspect }: Properties) {
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => close.current?.focus(), []);
  useEffect(() => {
    const leave = ({ key }: KeyboardEvent) => {
      if (key === "Escape") {
        onClose();
      }
    };
    window.addEventListener("keydown", leave);
    return () => window.removeEventListener("keydown", leave);
  }, [onClose]);
  const columns = Object.entries(event).filter(([name]) => !PLACE.includes(name) && name !== "event_type");
  const place = Object.entries(event).filter(([name]) => PLACE.includes(name));
  return (
    <aside className={`inspector family-${familyOf(event)}`} aria-label="Record" data-testid="inspector">
      <header>
        <span className="inspector-type mono">{event.event_type}</span>
        <button ref={close} type="button" className="button button-quiet icon-button" aria-label="Close the record" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <p className="inspector-words">
        <Sentence event={event} />
      </p>
      <p className="inspector-time">
        {dayOf(event.simulation_time)}, {clockTime(event.simulation_time)} in {cityName()}
      </p>
      <Related event={event} onInspect={onInspect} />
      <Columns title="Columns" entries={columns} />
      <Columns title="Where it lies" entries={place} />
    </aside>
  );
}

function Related({ event, onInspect }: { readonly event: CityEvent; readonly onInspect: (event: CityEvent) => void }) {
  const luna = useLuna();
  const kept = luna.feed.ring.toArray();
  const before = kept.find((other) => other.event_id === event.correlation_id);
  const after = kept.filter((other) => other.correlation_id === event.event_id).slice(0, 6);
  const related = [...(before === undefined ? [] : [["Led to it", before] as const]), ...after.map((other) => ["Followed", other] as const)];
  return related.length === 0 ? null : (
    <ul className="inspector-related">
      {related.map(([title, other]) => (
        <li key={other.event_id} className={`family-${familyOf(other)}`}>
          <button type="button" onClick={() => onInspect(other)}>
            <small>{title}</small>
            <span>
              <Sentence event={other} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Columns({ title, entries }: { readonly title: string; readonly entries: readonly (readonly [string, unknown])[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">{typeof value === "string" ? value : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
