/** Live decisions of the booking agent, as cards. */
import { useEffect, useState } from "react";
import type { ChannelPage } from "../../generated/api.ts";
import { Face } from "../../components/Person.tsx";
import { Panel } from "../../components/Panel.tsx";
import { Sentence } from "../../components/Sentence.tsx";
import { Empty, Failed, Loading } from "../../components/States.tsx";
import { useAsked } from "../../lib/asked.ts";
import { useLuna } from "../../lib/context.ts";
import { shortTime } from "../../lib/format.ts";
import { hashOf } from "../../lib/route.ts";
import { DECIDED, merged, type Decision, type Verdict } from "./decisions.ts";

const KEPT = 40;
const SHOWN = 14;
const FACES = 5;

const TITLES: Readonly<Record<Verdict, string>> = { booked: "Booked", waiting: "Waiting list", declined: "Declined", moved: "Moved", ended: "Ran out" };

export function Decisions() {
  const luna = useLuna();
  const past = useAsked<ChannelPage>(`/admin/streams/history/bookings?limit=400&event_type=${DECIDED}`);
  const [live, setLive] = useState<readonly Decision[]>([]);
  const [groupsOnly, setGroupsOnly] = useState(true);
  useEffect(() => luna.onEvents((events) => setLive((known) => merged(known, events, KEPT))), [luna]);
  useEffect(() => luna.onRestart(() => setLive([])), [luna]);
  const all = past.status === "ready" ? merged(live, past.answer.events, 400) : live;
  const shown = all.filter(({ automatic }) => automatic || !groupsOnly).slice(0, SHOWN);
  return (
    <Panel
      title="Agent decisions"
      className="people-decisions"
      actions={
        <label className="people-check">
          <input type="checkbox" checked={groupsOnly} onChange={(event) => setGroupsOnly(event.target.checked)} />
          Automatic only
        </label>
      }
    >
      {shown.length > 0 ? (
        <ol className="decision-list" data-testid="decisions">
          {shown.map((decision) => (
            <DecisionCard key={decision.event.event_id} decision={decision} />
          ))}
        </ol>
      ) : (
        <Nothing status={past.status} reason={past.status === "failed" ? past.reason : ""} onAgain={past.again} />
      )}
    </Panel>
  );
}

function Nothing({ status, reason, onAgain }: { readonly status: string; readonly reason: string; readonly onAgain: () => void }) {
  if (status === "loading") {
    return <Loading title="Asking what was decided" />;
  }
  if (status === "failed") {
    return <Failed title="The decisions could not be had" words={reason} onAgain={onAgain} />;
  }
  return <Empty title="No decision yet" words="When friends form a group, the booking agent finds them a table; it shows here." />;
}

function DecisionCard({ decision }: { readonly decision: Decision }) {
  const { event, verdict, members, automatic } = decision;
  return (
    <li className={`decision decision-${verdict}`} data-testid="decision" data-event={event.event_id}>
      <header>
        <b>{automatic ? `Auto · ${TITLES[verdict].toLowerCase()}` : TITLES[verdict]}</b>
        <time dateTime={event.simulation_time}>{shortTime(event.simulation_time)}</time>
      </header>
      <p>
        <Sentence event={event} />
      </p>
      <footer>
        {members.length === 0 ? null : (
          <span className="decision-faces">
            {members.slice(0, FACES).map((id) => (
              <a key={id} href={hashOf("people", [id])} aria-label={`Journey of ${id}`}>
                <Face userId={id} size={24} />
              </a>
            ))}
            {members.length > FACES ? <small>+{members.length - FACES}</small> : null}
          </span>
        )}
        {event.confirmation_code === undefined ? null : <code className="mono">{event.confirmation_code}</code>}
        <a className="decision-why" href={hashOf("events", [], { event: event.event_id, topic: event.topic, user: event.user_id ?? null })}>
          Its story
        </a>
      </footer>
    </li>
  );
}
