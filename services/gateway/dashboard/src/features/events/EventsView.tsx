/** Every record as it comes: filtered, grouped, held, looked up by time, and each one opened with its story. */
import { useCallback, useMemo, useState } from "react";
import { Away, Empty, Failed, Loading } from "../../components/States.tsx";
import { useLuna } from "../../lib/context.ts";
import { amount, dayOf, shortTime } from "../../lib/format.ts";
import type { Ring } from "../../lib/ring.ts";
import { refine, useRoute } from "../../lib/route.ts";
import { useStore } from "../../lib/store.ts";
import type { CityEvent } from "../../lib/types.ts";
import { filterOf, merged, passes, type Filter } from "./filter.ts";
import { Acts, FilterBar } from "./FilterBar.tsx";
import { List } from "./List.tsx";
import { RecordPane } from "./RecordPane.tsx";
import { usePast } from "./usePast.ts";
import { useRecord } from "./useRecord.ts";
import { rowsOf, WIDTHS } from "./windows.ts";
import "./events.css";
import "./record.css";

const MOST = 1500;
const USUAL_WIDTH = 5;

export default function EventsView() {
  const { query } = useRoute();
  const filter = useMemo(() => filterOf(query), [query]);
  const at = query.at ?? "";
  const minutes = WIDTHS.find((width) => String(width) === query.group) ?? USUAL_WIDTH;
  const open = useRecord(query.event ?? "", query.topic ?? "", query.user ?? "");
  const close = useCallback(() => refine({ event: null, topic: null }), []);
  return (
    <div className="events-view" data-testid="events-view">
      <div className={`events-page ${open === null ? "" : "events-open"}`}>
        <Told filter={filter} at={at} minutes={minutes} chosen={query.event ?? ""} />
        {open === null ? null : <RecordPane asked={open} onClose={close} />}
      </div>
    </div>
  );
}

function found(ring: Ring<CityEvent>, filter: Filter): CityEvent[] {
  const out: CityEvent[] = [];
  for (let index = ring.size - 1; index >= 0 && out.length < MOST; index -= 1) {
    const event = ring.at(index);
    if (event !== undefined && passes(event, filter)) {
      out.push(event);
    }
  }
  return out;
}

const NONE: readonly CityEvent[] = [];

interface ToldProperties {
  readonly filter: Filter;
  readonly at: string;
  readonly minutes: number;
  readonly chosen: string;
}

function Told({ filter, at, minutes, chosen }: ToldProperties) {
  const luna = useLuna();
  const feed = useStore(luna.feed, (known) => known);
  const link = useStore(luna.streamLink, ({ kind }) => kind);
  const past = usePast(filter, at);
  const [held, setHeld] = useState<readonly CityEvent[] | null>(null);
  const [clearedAt, setClearedAt] = useState("");
  const { ring } = luna.feed;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the ring is one object; its version says when it changed
  const live = useMemo(() => (at === "" ? found(ring, filter) : []), [ring, filter, feed.version, at]);
  const before = past.status === "ready" ? past.answer.events : NONE;
  const all = useMemo(
    () => merged(before.filter((event) => passes(event, filter)), live).filter(({ simulation_time }) => at !== "" || simulation_time > clearedAt).slice(0, MOST),
    [before, live, filter, clearedAt, at],
  );
  const events = held ?? all;
  const rows = useMemo(() => rowsOf(events, minutes), [events, minutes]);
  const open = useCallback((event: CityEvent) => refine({ event: event.event_id, topic: event.topic }), []);
  return (
    <section className="panel events-list" aria-label="Events">
      <FilterBar filter={filter} at={at} minutes={minutes} />
      <div className="events-said">
        <p role="status">
          {saidOf(events.length, held !== null, spanOf(filter.since, at), past.status === "ready" ? past.answer.source : null)}
          {past.status === "ready" && past.answer.partly && events.length > 0 ? ` ${sought(before.length)}` : ""}
          {feed.skipped > 0 && at === "" ? ` ${amount(feed.skipped)} were too many to show.` : ""}
          {feed.notice === "" ? "" : ` ${feed.notice}.`}
        </p>
        <Acts
          held={held !== null}
          disabled={at !== ""}
          onHold={() => setHeld(held === null ? all : null)}
          onClear={() => {
            setHeld(null);
            setClearedAt(all[0]?.simulation_time ?? "");
            refine({ at: null, since: null });
          }}
        />
      </div>
      {events.length > 0 ? <List rows={rows} chosen={chosen} onOpen={open} /> : <Nothing status={past.status} reason={past.status === "failed" ? past.reason : past.status === "ready" && past.answer.partly ? sought(before.length) : ""} away={link === "waiting"} />}
    </section>
  );
}

function spanOf(since: string, at: string): string {
  const told = (iso: string) => `${dayOf(iso)} ${shortTime(iso)}`;
  return at === "" ? "" : since === "" ? "up to the time asked for" : `from ${told(since)} to ${told(at)}`;
}

function saidOf(count: number, held: boolean, span: string, source: string | null): string {
  const many = `${amount(count)} events${count >= MOST ? " and more" : ""}`;
  if (span !== "") {
    return `${many} ${span}${source === "memory" ? ", from the gateway’s memory" : source === "store" ? ", from the event store" : ""}.`;
  }
  return held ? `${many}, held: the city goes on.` : `${many}, newest first.`;
}

const sought = (records: number): string => `Looked for in the newest ${amount(records)} records.`;

function Nothing({ status, reason, away }: { readonly status: string; readonly reason: string; readonly away: boolean }) {
  if (away) {
    return <Away />;
  }
  if (status === "loading") {
    return <Loading title="Asking for the events" words="Newest first, as the filters allow." />;
  }
  if (status === "failed") {
    return <Failed title="The past could not be had" words={`${reason}. Live events show as they come.`} />;
  }
  const words = "Events appear as the city lives, or when the filters allow more.";
  return reason === "" ? <Empty title="No event like this" words={words} /> : <Empty title="No event like this so far" words={`${reason} ${words}`} />;
}
