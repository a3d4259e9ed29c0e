/** What happens, as sentences, newest first: the slim one beside every view. */
import { useMemo, useState } from "react";
import { Icon } from "../../components/Icon.tsx";
import { Panel } from "../../components/Panel.tsx";
import { Rows } from "../../components/records/Rows.tsx";
import { useLuna } from "../../lib/context.ts";
import { FIRST_FILTER, newest, type FeedFilter } from "../../lib/filters.ts";
import { amount } from "../../lib/format.ts";
import { panels, togglePanel } from "../../lib/panels.ts";
import { hashOf } from "../../lib/route.ts";
import { useStore } from "../../lib/store.ts";
import type { CityEvent } from "../../lib/types.ts";
import "./feed.css";

const MOST_ROWS = 60;
/** The state is told again each simulated minute; that would be all one sees at night. */
const SLIM: FeedFilter = { ...FIRST_FILTER, without: new Set(["state.changed"]) };

export function Feed() {
  const luna = useLuna();
  const open = useStore(panels, (known) => known.feed);
  const received = useStore(luna.feed, (known) => known.received);
  const [held, setHeld] = useState<readonly CityEvent[] | null>(null);
  const actions = (
    <div className="feed-actions">
      <button type="button" className="button button-quiet icon-button" aria-pressed={held !== null} aria-label={held === null ? "Hold the feed" : "Follow the feed"} data-testid="feed-pause" onClick={() => setHeld(held === null ? newest(luna.feed.ring, SLIM, MOST_ROWS) : null)}>
        <Icon name={held === null ? "pause" : "play"} />
      </button>
      <a className="side-more" href={hashOf("events")}>
        All events
      </a>
    </div>
  );
  return (
    <Panel title="Feed" note={`${amount(received)} heard`} className="feed" actions={actions} folded={!open} onFold={() => togglePanel("feed")}>
      <Notices held={held !== null} />
      <Live held={held} />
    </Panel>
  );
}

function Live({ held }: { readonly held: readonly CityEvent[] | null }) {
  const luna = useLuna();
  const { ring } = luna.feed;
  const version = useStore(luna.feed, (known) => known.version);
  const inspected = useStore(luna.inspected, (known) => known);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the ring is one object; its version says when it changed
  const live = useMemo(() => newest(ring, SLIM, MOST_ROWS), [ring, version]);
  return <Rows events={held ?? live} inspected={inspected} onInspect={(event) => luna.inspected.set(event)} />;
}

function Notices({ held }: { readonly held: boolean }) {
  const luna = useLuna();
  const notice = useStore(luna.feed, (known) => known.notice);
  const skipped = useStore(luna.feed, (known) => known.skipped);
  const words = [
    held ? "The feed is held; the city goes on." : "",
    notice === "" ? "" : `${notice}.`,
    skipped > 0 ? `${amount(skipped)} events were too many to show.` : "",
  ].filter((part) => part !== "");
  return words.length === 0 ? null : (
    <p className="feed-notice" role="status">
      {words.join(" ")}
    </p>
  );
}
