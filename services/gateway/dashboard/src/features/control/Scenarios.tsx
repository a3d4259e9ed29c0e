/** Scenarios to start and stop, each with where it is on its way: ramping, holding, settling. */
import { useState } from "react";
import { Panel } from "../../components/Panel.tsx";
import { Empty } from "../../components/States.tsx";
import { useLuna } from "../../lib/context.ts";
import { capital } from "../../lib/format.ts";
import { usePending } from "../../lib/receipts.ts";
import { useStore } from "../../lib/store.ts";
import type { Scenario } from "../../lib/types.ts";

const PHASES = ["ramping", "holding", "settling"] as const;
const INTENSITIES = [0.5, 1, 1.5, 2] as const;

export function Scenarios() {
  const luna = useLuna();
  const scenarios = useStore(luna.scenarios, (known) => known);
  const [intensity, setIntensity] = useState<number>(1);
  const choice = (
    <label className="form-inline">
      Strength
      <select className="field" value={intensity} onChange={(event) => setIntensity(Number(event.target.value))}>
        {INTENSITIES.map((value) => (
          <option key={value} value={value}>
            {value}×
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <Panel title="Scenarios" note="What one causes is labelled on the stream" actions={choice}>
      {scenarios.length === 0 ? (
        <Empty title="No scenarios yet" words="They appear when the gateway has answered." />
      ) : (
        <div className="scenarios" role="group" aria-label="Scenarios">
          {scenarios.map((scenario) => (
            <Card key={scenario.id} scenario={scenario} intensity={intensity} />
          ))}
        </div>
      )}
    </Panel>
  );
}

function Card({ scenario: { id, title, description }, intensity }: { readonly scenario: Scenario; readonly intensity: number }) {
  const luna = useLuna();
  const control = `scenario-${id}`;
  const phase = useStore(luna.state, (state) => state?.scenarios.find(({ name }) => name === id)?.phase ?? null);
  const pending = usePending(control);
  const on = phase !== null;
  const order = on ? { scenario: id, action: "stop" as const } : { scenario: id, action: "start" as const, ...(intensity === 1 ? {} : { intensity }) };
  return (
    <button
      type="button"
      className={`scenario ${on ? "scenario-on" : ""}`}
      data-testid={control}
      data-phase={phase ?? "off"}
      aria-pressed={on}
      aria-busy={pending}
      disabled={pending}
      title={on ? "Click to let it settle" : "Click to begin"}
      onClick={() => luna.control.give({ type: "set_scenario", payload: order }, control, `${on ? "Stop" : "Start"} ${title.toLowerCase()}`)}
    >
      <span className="scenario-head">
        <b>{title}</b>
        <span className="scenario-phase">{pending ? "Waiting…" : on ? capital(phase) : "Start"}</span>
      </span>
      <span className="scenario-words">{description}</span>
      <span className="scenario-way" aria-hidden="true">
        {PHASES.map((step) => (
          <span key={step} className={step === phase ? "scenario-step-on" : ""} />
        ))}
      </span>
    </button>
  );
}
