/** Scenarios to start and stop, each with its live phase. */
import { useLuna } from "../../lib/context.ts";
import { useStore } from "../../lib/store.ts";
import { capital } from "../../lib/format.ts";
import type { Scenario } from "../../lib/types.ts";

export function Scenarios() {
  const luna = useLuna();
  const scenarios = useStore(luna.scenarios, (known) => known);
  return (
    <div className="control scenarios" role="group" aria-label="Scenarios">
      {scenarios.length === 0 ? <p className="scenario-none">Scenarios appear when the gateway answers.</p> : null}
      {scenarios.map((scenario) => (
        <Card key={scenario.id} scenario={scenario} />
      ))}
    </div>
  );
}

function Card({ scenario: { id, title, description } }: { readonly scenario: Scenario }) {
  const luna = useLuna();
  const control = `scenario-${id}`;
  const phase = useStore(luna.state, (state) => state?.scenarios.find(({ name }) => name === id)?.phase ?? null);
  const pending = useStore(luna.control.receipts, (all) => all.some((one) => one.control === control && one.status === "pending"));
  const on = phase !== null;
  const action = on ? "stop" : "start";
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
      onClick={() => luna.control.give({ type: "set_scenario", payload: { scenario: id, action } }, control, `${on ? "Stop" : "Start"} ${title.toLowerCase()}`)}
    >
      <span className="scenario-head">
        <b>{title}</b>
        <span className="scenario-phase">{pending ? "Waiting…" : on ? capital(phase) : "Start"}</span>
      </span>
      <span className="scenario-words">{description}</span>
    </button>
  );
}
