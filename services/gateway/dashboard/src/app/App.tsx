/** The shell: header, rail, figures, the view of the address, and beside it controls and feed. */
import { Suspense, useEffect, useState } from "react";
import { Loading } from "../components/States.tsx";
import { Inspector } from "../components/records/Inspector.tsx";
import { Controls } from "../features/controls/Controls.tsx";
import { Counters } from "../features/counters/Counters.tsx";
import { Feed } from "../features/feed/Feed.tsx";
import { ConnectionBanner } from "../features/status/Connection.tsx";
import { Header } from "../features/status/Header.tsx";
import { Tour } from "../features/tour/Tour.tsx";
import { useLuna } from "../lib/context.ts";
import { panels } from "../lib/panels.ts";
import { place } from "../lib/place.ts";
import { hashOf, useRoute } from "../lib/route.ts";
import { listenForKeys } from "../lib/shortcuts.ts";
import { useStore } from "../lib/store.ts";
import { tourAct } from "../lib/tour.ts";
import { shortcutsOf } from "./commands.ts";
import { Failure } from "./Failure.tsx";
import { OpenPalette } from "./OpenPalette.tsx";
import { Rail } from "./Rail.tsx";
import { VIEWS, viewOf } from "./views.ts";
import "./app.css";

export function App() {
  const luna = useLuna();
  const [palette, setPalette] = useState(false);
  const figures = useStore(panels, (known) => known.figures);
  const side = useStore(panels, (known) => known.side);
  const touring = useStore(tourAct, (act) => act !== null);
  useEffect(() => listenForKeys(shortcutsOf(luna), () => setPalette(true)), [luna]);
  const city = useStore(place, ({ timeZone, name }) => `${name}, ${timeZone}`); // all that was said on another clock is said anew
  return (
    <div key={city} className="page">
      <a className="skip" href="#view">Skip to the view</a>
      <Header onPalette={() => setPalette(true)} />
      <Rail />
      <ConnectionBanner />
      <div className={`screen ${side ? "" : "screen-wide"}`}>
        {figures ? <Counters /> : null}
        <ViewPlace />
        {side ? (
          <aside className="side" aria-label="Controls and feed">
            <Controls />
            <Feed />
          </aside>
        ) : null}
      </div>
      <OpenRecord />
      {palette ? <OpenPalette onClose={() => setPalette(false)} /> : null}
      {touring ? <Tour /> : null}
    </div>
  );
}

function ViewPlace() {
  const { view: id } = useRoute();
  const view = viewOf(id);
  useEffect(() => {
    document.title = view === undefined ? "Luna · a living city" : `${view.title} · Luna`;
  }, [view]);
  if (view === undefined) {
    return (
      <main className="view" id="view">
        <NoSuchView id={id} />
      </main>
    );
  }
  return (
    <main key={id} className={`view ${view.whole ? "view-whole" : ""}`} id="view" tabIndex={view.whole ? -1 : 0} data-view={id}>
      <Failure>
        <Suspense fallback={<Loading title={`Opening ${view.title}`} words="Its part of the page is on the way." />}>
          <view.Body />
        </Suspense>
      </Failure>
    </main>
  );
}

function NoSuchView({ id }: { readonly id: string }) {
  return (
    <div className="failure">
      <h1>There is no view “{id}”</h1>
      <p>These there are:</p>
      <ul className="no-view">
        {VIEWS.map((view) => (
          <li key={view.id}>
            <a href={hashOf(view.id)}>{view.title}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}

function OpenRecord() {
  const luna = useLuna();
  const event = useStore(luna.inspected, (known) => known);
  return event === null ? null : (
    <Inspector key={event.event_id} event={event} onClose={() => luna.inspected.set(null)} onInspect={(other) => luna.inspected.set(other)} />
  );
}
