/** What happens, as sentences, newest first. */
import { useMemo, useState } from "react";
import { Icon } from "../../components/Icon.tsx";
import { useLuna } from "../../lib/context.ts";
import { amount } from "../../lib/format.ts";
import { useStore } from "../../lib/store.ts";
import type { CityEvent } from "../../lib/types.ts";
import { CHANNELS, FIRST_FILTER, newest, toggled, typesIn, type FeedFilter } from "./filters.ts";
import { Rows } from "./Rows.tsx";
import "./feed.css";

const MOST_ROWS = 200;

interface Properties {
  readonly inspected: CityEvent | null;
  readonly onInspect: (event: CityEvent) => void;
}

export function Feed({ inspected, onInspect }: Properties) {
  const luna = useLuna();
  const [filter, setFilter] = useState<FeedFilter>(FIRST_FILTER);
  const [held, setHeld] = useState<readonly CityEvent[] | null>(null);
  const feed = useStore(luna.feed, (known) => known);
  const { ring } = luna.feed;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the ring is one object; its version says when it changed
  const live = useMemo(() => newest(ring, filter, MOST_ROWS), [ring, filter, feed.version]);
  const events = held ?? live;
  return (
    <section className="panel feed" aria-label="Event feed">
      <header className="panel-head">
        <h2 className="panel-title">
          Feed <span className="feed-count">{amount(feed.received)} events</span>
        </h2>
        <div className="feed-actions">
          <button type="button" className="button button-quiet" aria-pressed={held !== null} data-testid="feed-pause" onClick={() => setHeld(held === null ? live : null)}>
            <Icon name={held === null ? "pause" : "play"} />
            {held === null ? "Hold" : "Follow"}
          </button>
          <button
            type="button"
            className="button button-quiet icon-button"
            aria-label="Clear the feed"
            onClick={() => {
              luna.feed.clear();
              setHeld(null);
            }}
          >
            <Icon name="clear" />
          </button>
        </div>
      </header>
      <Filters filter={filter} onFilter={setFilter} />
      <Notices notice={feed.notice} skipped={feed.skipped} held={held !== null} />
      <Rows events={events} inspected={inspected} onInspect={onInspect} />
    </section>
  );
}

function Filters({ filter, onFilter }: { readonly filter: FeedFilter; readonly onFilter: (filter: FeedFilter) => void }) {
  const luna = useLuna();
  const [types, setTypes] = useState<readonly string[]>([]);
  return (
    <div className="feed-filters">
      <ul className="feed-chips" aria-label="Channels">
        {CHANNELS.map(({ topic, title, family }) => (
          <li key={topic}>
            <button type="button" className={`feed-chip family-${family}`} aria-pressed={filter.channels.has(topic)} data-testid={`channel-${topic}`} onClick={() => onFilter({ ...filter, channels: toggled(filter.channels, topic) })}>
              {title}
            </button>
          </li>
        ))}
      </ul>
      <div className="feed-search">
        <input className="field" type="search" placeholder="Name, venue, words or id" aria-label="Search the feed" data-testid="feed-search" value={filter.text} onChange={(event) => onFilter({ ...filter, text: event.target.value })} />
        <select
          className="field"
          aria-label="Event type"
          value={filter.eventType}
          onFocus={() => setTypes(typesIn(luna.feed.ring, filter.channels))}
          onChange={(event) => onFilter({ ...filter, eventType: event.target.value })}
        >
          <option value="">Every type</option>
          {(types.includes(filter.eventType) || filter.eventType === "" ? types : [filter.eventType, ...types]).map((type) => (
            <option key={type}>{type}</option>
          ))}
        </select>
      </div>
    </div>
  );
}

function Notices({ notice, skipped, held }: { readonly notice: string; readonly skipped: number; readonly held: boolean }) {
  const words = [
    held ? "The feed is held; the city goes on." : "",
    notice,
    skipped > 0 ? `${amount(skipped)} events were too many to show.` : "",
  ].filter((part) => part !== "");
  return words.length === 0 ? null : (
    <p className="feed-notice" role="status">
      {words.join(" ")}
    </p>
  );
}
