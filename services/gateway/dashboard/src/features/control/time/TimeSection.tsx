/** Reaching into time: moments kept and returned to, journeys, and the past told again. */
import { Arrival } from "./Arrival.tsx";
import { Replays } from "./Replays.tsx";
import { useRights } from "./rights.ts";
import { Snapshots } from "./Snapshots.tsx";
import { Travel } from "./Travel.tsx";
import "./section.css";

export function TimeSection() {
  const rights = useRights();
  return (
    <section aria-label="Time" className="control-columns time-section">
      <Snapshots rights={rights} />
      <div className="control-column">
        <Arrival part="travel">
          <Travel rights={rights} />
        </Arrival>
        <Arrival part="replays">
          <Replays rights={rights} />
        </Arrival>
      </div>
    </section>
  );
}
