/** The one screen: figures, map with its chart, controls and feed. */
import { useCallback, useState } from "react";
import { Controls } from "../features/controls/Controls.tsx";
import { Counters } from "../features/counters/Counters.tsx";
import { Feed } from "../features/feed/Feed.tsx";
import { Inspector } from "../features/feed/Inspector.tsx";
import { CityMap } from "../features/map/CityMap.tsx";
import { RateChart } from "../features/rates/RateChart.tsx";
import { ConnectionBanner } from "../features/status/Connection.tsx";
import { Header } from "../features/status/Header.tsx";
import type { CityEvent } from "../lib/types.ts";
import "./app.css";

export function App() {
  const [inspected, setInspected] = useState<CityEvent | null>(null);
  const close = useCallback(() => setInspected(null), []);
  return (
    <div className="page">
      <Header />
      <ConnectionBanner />
      <main className="screen">
        <Counters />
        <div className="centre">
          <CityMap onInspect={setInspected} />
          <RateChart />
        </div>
        <div className="side">
          <Controls />
          <Feed inspected={inspected} onInspect={setInspected} />
        </div>
      </main>
      {inspected === null ? null : <Inspector key={inspected.event_id} event={inspected} onClose={close} onInspect={setInspected} />}
    </div>
  );
}
