/** A journey to a simulated moment, back or ahead. */
import { useState } from "react";
import { Confirm } from "../../../components/Confirm.tsx";
import { Panel } from "../../../components/Panel.tsx";
import { useLuna } from "../../../lib/context.ts";
import { fromLocal, toLocal } from "../../../lib/local.ts";
import { cityName } from "../../../lib/place.ts";
import { usePending } from "../../../lib/receipts.ts";
import { useStore } from "../../../lib/store.ts";
import { destinationOf } from "../../../lib/travel.ts";
import { faultOfJourney, journeyWords, moment } from "./moments.ts";
import { Outcome } from "./Outcome.tsx";
import type { Rights } from "./rights.ts";

const TRAVEL = "travel";
const CONTROLS: ReadonlySet<string> = new Set([TRAVEL]);

export function Travel({ rights: { leaving } }: { readonly rights: Rights }) {
  const luna = useLuna();
  const now = useStore(luna.state, (state) => state?.simulation_time ?? null);
  const start = useStore(luna.state, (state) => state?.start_time ?? null);
  const destination = useStore(luna.state, (state) => destinationOf(state?.reason));
  const pending = usePending(TRAVEL);
  const [wanted, setWanted] = useState("");
  const [pause, setPause] = useState(true);
  const to = wanted === "" ? "" : fromLocal(wanted);
  const fault = faultOfJourney(to, start);
  const going = destination === null ? "" : `On the way to ${moment(destination)}.`;
  const words = leaving !== "" ? leaving : going !== "" ? going : wanted === "" ? "Back, from the nearest snapshot before; or ahead, at full speed." : fault;
  return (
    <Panel title="Travel" note={now === null ? undefined : `Now ${moment(now)}`}>
      <div className="form">
        <div className="form-row">
          <label className="form-field form-field-wide">
            To, on the clock of {cityName()}
            <input className="field" type="datetime-local" value={wanted} min={start === null ? undefined : toLocal(start)} disabled={leaving !== ""} aria-invalid={wanted !== "" && fault !== ""} data-testid="travel-to" onChange={(event) => setWanted(event.target.value)} />
          </label>
          <Confirm
            name="travel" label="Travel" icon="compass" busy={pending} disabled={leaving !== "" || fault !== "" || now === null}
            question={to === "" ? "Travel?" : `Travel to ${moment(to)}?`} words={to === "" || now === null ? "" : journeyWords(to, now)}
            keep="Stay here" sure="Travel" onSure={() => luna.control.give({ type: "travel", payload: { to, pause } }, TRAVEL, `Travel to ${moment(to)}`)}
          />
        </div>
        <label className="form-check">
          <input type="checkbox" checked={pause} disabled={leaving !== ""} data-testid="travel-pause" onChange={(event) => setPause(event.target.checked)} />
          The clock stands on arrival
        </label>
        <p className="form-note" role="status" data-testid="travel-note">
          {words}
        </p>
      </div>
      <Outcome controls={CONTROLS} name="travel" />
    </Panel>
  );
}
