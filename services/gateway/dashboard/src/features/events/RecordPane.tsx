/** One record, whole: what it says, its story, every column decoded, and where it lies on Kafka. */
import { useEffect, useRef } from "react";
import { Icon } from "../../components/Icon.tsx";
import { Sentence } from "../../components/Sentence.tsx";
import { Failed, Loading } from "../../components/States.tsx";
import type { Asked } from "../../lib/asked.ts";
import { familyOf } from "../../lib/families.ts";
import { clockTime, dayOf } from "../../lib/format.ts";
import { cityName } from "../../lib/place.ts";
import { useContract, type Contract } from "../../lib/registry.ts";
import { hashOf } from "../../lib/route.ts";
import type { CityEvent } from "../../lib/types.ts";
import { StoryLine } from "./StoryLine.tsx";

const PLACE = new Set(["topic", "partition", "offset", "record_timestamp", "schema_id"]);
const NAMES = new Set(["user_name", "other_user_name", "venue_name"]);

export function RecordPane({ asked, onClose }: { readonly asked: Asked<CityEvent>; readonly onClose: () => void }) {
  const pane = useRef<HTMLElement>(null);
  const id = asked.status === "ready" ? asked.answer.event_id : asked.status;
  useEffect(() => pane.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    // browsers have begun to give a promise back here, which React would take for a cleanup
    pane.current?.scrollTo(0, 0);
  }, [id]);
  return (
    <aside
      ref={pane}
      tabIndex={-1}
      className="panel record-pane"
      aria-label="Record"
      data-testid="record"
      onKeyDown={({ key }) => {
        if (key === "Escape") {
          onClose();
        }
      }}
    >
      <button type="button" className="button button-quiet icon-button record-close" aria-label="Close the record" onClick={onClose}>
        <Icon name="close" />
      </button>
      {asked.status === "loading" ? <Loading title="Looking for the record" /> : null}
      {asked.status === "failed" ? <Failed title="The record could not be had" words={asked.reason} /> : null}
      {asked.status === "ready" ? <Whole event={asked.answer} /> : null}
    </aside>
  );
}

function Whole({ event }: { readonly event: CityEvent }) {
  const contract = useContract(event.topic);
  const columns = Object.entries<unknown>({ ...event }).filter(([name]) => !PLACE.has(name) && !NAMES.has(name));
  return (
    <div className={`family-${familyOf(event)}`} data-event={event.event_id}>
      <header className="record-head">
        <h2 className="record-type mono">{event.event_type}</h2>
        <p className="record-said">
          <Sentence event={event} />
        </p>
        <p className="record-time">
          {dayOf(event.simulation_time)}, {clockTime(event.simulation_time)} in {cityName()}
          {event.user_id === undefined ? null : (
            <a href={hashOf("people", [event.user_id])}>{`${event.user_name ?? event.user_id}’s journey`}</a>
          )}
        </p>
      </header>
      <StoryLine event={event} />
      <section>
        <h3>Where it lies</h3>
        <dl className="record-place" data-testid="record-place">
          <Fact name="Topic" value={event.topic} />
          <Fact name="Partition" value={event.partition} />
          <Fact name="Offset" value={event.offset} />
          <Fact name="Schema id" value={event.schema_id ?? "not told"} />
          <Fact name="Latest contract" value={contractWords(contract)} />
          <Fact name="Written" value={event.record_timestamp === undefined ? "not kept by the store" : new Date(event.record_timestamp).toISOString()} />
        </dl>
      </section>
      <section>
        <h3>Columns</h3>
        <dl data-testid="record-columns">
          {columns.map(([name, value]) => (
            <Fact key={name} name={name} value={value} />
          ))}
        </dl>
      </section>
    </div>
  );
}

function contractWords(asked: Asked<Contract>): string {
  switch (asked.status) {
    case "loading":
      return "asking…";
    case "failed":
      return `could not be had: ${asked.reason}`;
    case "ready":
      return `${asked.answer.subject} v${asked.answer.version}, id ${asked.answer.id}`;
  }
}

function Fact({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="mono" data-column={name}>
        {typeof value === "string" ? value : JSON.stringify(value)}
      </dd>
    </div>
  );
}
