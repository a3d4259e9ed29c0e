/** Days, milestones and deeds, newest first, with filters that stand in the address. */
import { useState } from "react";
import type { Milestone } from "../../../generated/api.ts";
import { Icon } from "../../../components/Icon.tsx";
import { Sentence } from "../../../components/Sentence.tsx";
import { Empty } from "../../../components/States.tsx";
import { familyOf } from "../../../lib/families.ts";
import { capital, plain, shortTime } from "../../../lib/format.ts";
import { hashOf, useFilter } from "../../../lib/route.ts";
import type { CityEvent } from "../../../lib/types.ts";
import { daysOf, entriesOf, kindsOf, runWords, told, KINDS, type Entry, type Kind } from "./timeline.ts";
import { useOlder } from "./useOlder.ts";
import "./timeline.css";

interface Properties {
  readonly userId: string;
  readonly events: readonly CityEvent[];
  readonly milestones: readonly Milestone[];
}

const FIRST = 60;
const MORE = 120;

export function Timeline({ userId, events, milestones }: Properties) {
  const [show, setShow] = useFilter("show");
  const { older, phase, ask } = useOlder(userId);
  const [most, setMost] = useState(FIRST);
  const kinds = kindsOf(show);
  const entries = entriesOf(told(older, events), milestones, kinds);
  return (
    <>
      <KindChips kinds={kinds} chosen={show !== ""} onKinds={(next) => setShow(next.size === 0 || next.size === KINDS.length ? null : [...next].join(","))} />
      {entries.length === 0 ? (
        <Empty title="Nothing of this kind yet" words="Other filters, or a little patience: the story goes on while you watch." />
      ) : (
        <div className="timeline" data-testid="timeline" tabIndex={0} role="region" aria-label="Timeline, newest first">
          {daysOf(entries.slice(0, most)).map(({ day, entries: of }) => (
            <section key={day} className="timeline-day">
              <h3>{day}</h3>
              <ol>
                {of.map((entry) => (
                  <Line key={entry.key} entry={entry} />
                ))}
              </ol>
            </section>
          ))}
          <footer className="timeline-foot">
            {entries.length > most ? (
              <button type="button" className="button" onClick={() => setMost(most + MORE)}>
                Show more of it
              </button>
            ) : phase === "all" ? (
              <p>This is where what is remembered of this person begins.</p>
            ) : (
              <button type="button" className="button" disabled={phase === "asking"} onClick={ask} data-testid="timeline-older">
                {phase === "asking" ? "Asking for earlier days…" : phase === "failed" ? "No answer. Ask again" : "Earlier days"}
              </button>
            )}
          </footer>
        </div>
      )}
    </>
  );
}

interface ChipProperties {
  readonly kinds: ReadonlySet<Kind>;
  /** Whether anything was filtered: else a click shows one kind alone. */
  readonly chosen: boolean;
  readonly onKinds: (kinds: ReadonlySet<Kind>) => void;
}

function KindChips({ kinds, chosen, onKinds }: ChipProperties) {
  const click = (kind: Kind) => {
    const next = new Set(chosen ? kinds : []);
    if (!next.delete(kind)) {
      next.add(kind);
    }
    onKinds(next);
  };
  return (
    <ul className="journey-chips" aria-label="What the timeline shows">
      {KINDS.map(({ kind, title }) => (
        <li key={kind}>
          <button type="button" className={kind === "milestones" ? "" : `family-${kind}`} aria-pressed={chosen && kinds.has(kind)} onClick={() => click(kind)} data-testid={`kind-${kind}`}>
            {title}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Line({ entry }: { readonly entry: Entry }) {
  switch (entry.kind) {
    case "milestone":
      return (
        <li className="timeline-milestone" data-testid="milestone" data-milestone={entry.milestone.milestone}>
          <time dateTime={entry.at}>{shortTime(entry.at)}</time>
          <i aria-hidden="true">
            <Icon name="check" />
          </i>
          <p>
            <strong>{capital(plain(entry.milestone.milestone))}</strong>
            {entry.milestone.venue_name === null ? "" : ` at ${entry.milestone.venue_name}`}
          </p>
        </li>
      );
    case "run":
      return <Run events={entry.events} at={entry.at} />;
    case "event":
      return <Deed event={entry.event} />;
  }
}

function Deed({ event }: { readonly event: CityEvent }) {
  return (
    <li className={`timeline-event family-${familyOf(event)}`} data-testid="deed" data-event={event.event_id}>
      <time dateTime={event.simulation_time}>{shortTime(event.simulation_time)}</time>
      <i aria-hidden="true" />
      <p>
        <Sentence event={event} />
        {event.cause_id === undefined ? null : <span className="timeline-cause">caused by a scenario</span>}
        <a href={hashOf("events", [], { event: event.event_id, topic: event.topic, user: event.user_id ?? null })} aria-label={`The record of ${event.event_type}`}>
          record
        </a>
      </p>
    </li>
  );
}

function Run({ events, at }: { readonly events: readonly CityEvent[]; readonly at: string }) {
  const [open, setOpen] = useState(false);
  return (
    <li className="timeline-event timeline-run family-browsing">
      <time dateTime={at}>{shortTime(at)}</time>
      <i aria-hidden="true" />
      <div>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {runWords(events)} <small>{open ? "fold" : `${events.length} events`}</small>
        </button>
        {open ? (
          <ol>
            {events.map((event) => (
              <Deed key={event.event_id} event={event} />
            ))}
          </ol>
        ) : null}
      </div>
    </li>
  );
}
