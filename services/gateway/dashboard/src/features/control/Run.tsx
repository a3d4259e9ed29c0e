/** The run as a whole: begin, hold, end, begin anew; how fast, and towards which rate. */
import { useState, type SubmitEvent } from "react";
import { Confirm } from "../../components/Confirm.tsx";
import { Speed } from "../../components/controls/Time.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Panel } from "../../components/Panel.tsx";
import { useLuna } from "../../lib/context.ts";
import { amount, capital, shortTime, weekdayOf } from "../../lib/format.ts";
import { usePending } from "../../lib/receipts.ts";
import { useStore } from "../../lib/store.ts";
import { birthOf } from "../../lib/travel.ts";

/** As the simulator takes it. */
const MOST = 10_000_000;

export function Run() {
  return (
    <Panel title="The run">
      <div className="form">
        <Speed />
        <Rate />
        <Reason />
        <Ends />
      </div>
    </Panel>
  );
}

function Rate() {
  const luna = useLuna();
  const achieved = useStore(luna.state, (state) => state?.rate_achieved ?? null);
  const target = useStore(luna.state, (state) => state?.rate_target ?? null);
  const pending = usePending("rate");
  const [wanted, setWanted] = useState("");
  const rate = Number(wanted);
  const valid = wanted !== "" && rate > 0 && rate <= MOST;
  const aim = (event: SubmitEvent) => {
    event.preventDefault();
    if (valid) {
      luna.control.give({ type: "set_rate", payload: { events_per_second: rate } }, "rate", `Aim at ${amount(rate)} events a second`);
    }
  };
  return (
    <form className="form-line" onSubmit={aim}>
      <label htmlFor="rate">
        Events a second
        <small data-testid="rate-achieved">
          {amount(achieved)} achieved{target === null ? ", the speed decides" : `, ${amount(target)} aimed at`}
        </small>
      </label>
      <input id="rate" className="field" type="number" inputMode="numeric" min={1} max={MOST} placeholder="500" value={wanted} onChange={(event) => setWanted(event.target.value)} />
      <button type="submit" className="button" data-testid="rate-set" disabled={!valid || pending} aria-busy={pending}>
        Aim
      </button>
      <button
        type="button"
        className="button button-quiet"
        data-testid="rate-free"
        disabled={pending}
        onClick={() => luna.control.give({ type: "set_rate", payload: { events_per_second: null } }, "rate", "Let the rate go")}
      >
        Let go
      </button>
    </form>
  );
}

/** For whom or what the simulator waits, in its own words. */
function Reason() {
  const luna = useLuna();
  const reason = useStore(luna.state, (state) => state?.reason ?? "");
  const birth = birthOf(reason);
  return reason === "" ? null : (
    <p className="form-note" role="status" data-testid="run-reason">
      {birth === null ? capital(reason) : `Living its past until ${weekdayOf(birth)} ${shortTime(birth)}`}
    </p>
  );
}

function Ends() {
  const luna = useLuna();
  const phase = useStore(luna.state, (state) => state?.phase ?? "unknown");
  const starting = usePending("start");
  const stopping = usePending("stop");
  const resetting = usePending("reset");
  return (
    <div className="form-row" role="group" aria-label="Beginning and end">
      <button type="button" className="button" data-testid="start" disabled={starting || phase === "running"} aria-busy={starting} onClick={() => luna.control.give({ type: "start" }, "start", "Start")}>
        <Icon name="play" />
        Start
      </button>
      <Confirm
        name="stop" label="Stop" icon="stop" busy={stopping} disabled={phase === "stopped"}
        question="End this run?" words="The city stands still for everybody who watches. Start begins a new telling of it."
        keep="Let it live" sure="End the run" onSure={() => luna.control.give({ type: "stop" }, "stop", "Stop")}
      />
      <Confirm
        name="reset" label="Reset" icon="reset" busy={resetting}
        question="Begin the city anew?" words="Everyone starts over on a new branch. What has happened stays on the topics and is no longer shown."
        keep="Keep this city" sure="Reset the city" onSure={() => luna.control.give({ type: "reset" }, "reset", "Reset")}
      />
    </div>
  );
}
