/** What to say where there is no life to see yet. */
import { useState } from "react";
import { useLuna } from "../../lib/context.ts";
import { amount, dayOf, shortTime, weekdayOf } from "../../lib/format.ts";
import { useStore } from "../../lib/store.ts";
import { birthOf, destinationOf } from "../../lib/travel.ts";

const DAY_MS = 86_400_000;

export function MapState() {
  const luna = useLuna();
  const state = useStore(luna.state, (known) => known);
  const directory = useStore(luna.directory, (known) => known);
  const away = useStore(luna.streamLink, (link) => link.kind === "waiting" || (link.kind === "connecting" && link.attempt > 0));
  if (state?.phase === "backfill" && state.simulation_time !== null) {
    const to = destinationOf(state.reason);
    return to === null ? <Past now={state.simulation_time} start={state.start_time} until={birthOf(state.reason)} /> : <Journey key={to} now={state.simulation_time} to={to} />;
  }
  if (directory.status === "failed") {
    return <Words title="The city does not answer" words={`${directory.reason}. Asking again every few seconds.`} />;
  }
  if (state === null && away) {
    return null;
  }
  if (directory.status === "loading" || state === null) {
    return <Words title="Looking for the city" words="Asking the gateway for its streets and venues." quiet />;
  }
  if (state.phase === "starting" || state.phase === "unknown") {
    return <Words title="The city is waking up" words="Services are starting; life begins in a moment." quiet />;
  }
  if (directory.venues.length === 0) {
    return <Words title="No venues yet" words="They appear here as soon as the city has opened them." />;
  }
  if (state.population === 0) {
    return <Words title="The city is empty" words="Add people under Controls and watch them find their first table." />;
  }
  return null;
}

function Words({ title, words, quiet = false }: { readonly title: string; readonly words: string; readonly quiet?: boolean }) {
  return (
    <div className={`map-state ${quiet ? "map-state-quiet" : ""}`} role="status">
      <strong>{title}</strong>
      <span>{words}</span>
    </div>
  );
}

/** While the simulator says for whom it waits, it does not say how far it goes: only the days behind it are counted then. */
function Past({ now, start, until }: { readonly now: string; readonly start: string | null; readonly until: string | null }) {
  const luna = useLuna();
  const events = useStore(luna.stats, (stats) => stats?.totals.events ?? null);
  const lived = start === null ? null : Date.parse(now) - Date.parse(start);
  const days = start === null || until === null ? 0 : Math.ceil((Date.parse(until) - Date.parse(start)) / DAY_MS);
  const day = lived === null ? "" : `: day ${Math.min(Math.floor(lived / DAY_MS) + 1, days > 0 ? days : Infinity)}`;
  return (
    <div className="map-state" role="status">
      <strong>
        Living its past{day}
        {days > 0 && day !== "" ? ` of ${days}` : ""}…
      </strong>
      <span>
        {moment(now)}
        {events === null ? "" : ` · ${amount(events)} events so far`}
      </span>
      {lived === null || days <= 0 ? null : <Progress what="Past" share={lived / (Date.parse(until ?? "") - Date.parse(start ?? ""))} />}
    </div>
  );
}

/** Begins where the page first saw it. */
function Journey({ now, to }: { readonly now: string; readonly to: string }) {
  const [from] = useState(now);
  const way = Date.parse(to) - Date.parse(from);
  const share = way <= 0 ? 0 : (Date.parse(now) - Date.parse(from)) / way;
  return (
    <div className="map-state" role="status">
      <strong>Travelling to {moment(to)}…</strong>
      <span>{moment(now)}</span>
      <Progress what="Journey" share={share} />
    </div>
  );
}

/** Never quite there: the simulator says when it is. */
function Progress({ what, share }: { readonly what: string; readonly share: number }) {
  const done = Math.min(0.99, Math.max(0, share));
  return (
    <div className="progress" role="progressbar" aria-label={what} aria-valuenow={Math.round(done * 100)} aria-valuemin={0} aria-valuemax={100}>
      <div style={{ transform: `scaleX(${done})` }} />
    </div>
  );
}

const moment = (iso: string): string => `${weekdayOf(iso)} ${shortTime(iso)}, ${dayOf(iso).replace(/^\w+, /, "")}`;
