/** Makes something happen in the city; what follows from it is labelled as caused by it. */
import { useId, useState, type SubmitEvent } from "react";
import { Panel } from "../../components/Panel.tsx";
import { useLuna } from "../../lib/context.ts";
import { capital, plain } from "../../lib/format.ts";
import { usePending } from "../../lib/receipts.ts";
import { useStore } from "../../lib/store.ts";
import { TRIGGERS, missing, triggerOf, type Filled, type TriggerField } from "./triggers.ts";

const WIDTHS: Readonly<Partial<Record<TriggerField["kind"], string>>> = { venue: "form-field-wide", text: "form-field-words", choice: "form-field-words" };

export function Trigger() {
  const luna = useLuna();
  const pending = usePending("trigger");
  const venues = useStore(luna.directory, (known) => known.venues);
  const [place, setPlace] = useState(0);
  const [filled, setFilled] = useState<Filled>({});
  const kind = TRIGGERS[place] ?? TRIGGERS[0];
  if (kind === undefined) {
    return null;
  }
  const first = venues[0]?.venue_id;
  const given: Filled = { ...(first === undefined ? {} : { venue: first }), ...filled };
  const fault = missing(kind, given);
  const trigger = (event: SubmitEvent) => {
    event.preventDefault();
    const now = luna.state.latest()?.simulation_time;
    if (fault === "" && now !== null && now !== undefined) {
      luna.control.give({ type: "trigger_event", payload: triggerOf(kind, given, now, venues) }, "trigger", kind.title);
    }
  };
  return (
    <Panel title="Make something happen">
      <form className="form" onSubmit={trigger}>
        <div className="form-row form-fields">
          <label className="form-field form-field-wide">
            What
            <select className="field" data-testid="trigger-kind" value={place} onChange={(event) => { setPlace(Number(event.target.value)); setFilled({}); }}>
              {TRIGGERS.map(({ eventType, title }, index) => (
                <option key={eventType} value={index}>
                  {title}
                </option>
              ))}
            </select>
          </label>
          {kind.fields.map((field) => (
            <Field key={field.name} field={field} value={given[field.name] ?? field.usual} onChange={(value) => setFilled({ ...filled, [field.name]: value })} />
          ))}
        </div>
        <div className="form-row">
          <button type="submit" className="button" data-testid="trigger" disabled={fault !== "" || pending} aria-busy={pending}>
            Make it happen
          </button>
          <span className="form-note" role="status">
            {fault === "" ? <code className="mono">{kind.eventType}</code> : fault}
          </span>
        </div>
      </form>
    </Panel>
  );
}

function Field({ field, value, onChange }: { readonly field: TriggerField; readonly value: string; readonly onChange: (value: string) => void }) {
  const id = useId();
  const luna = useLuna();
  const venues = useStore(luna.directory, (known) => known.venues);
  const options = field.kind === "venue" ? venues.map(({ venue_id, name }) => [venue_id, name] as const) : (field.choices ?? []).map((choice) => [choice, capital(plain(choice))] as const);
  return (
    <div className={`form-field ${WIDTHS[field.kind] ?? ""}`}>
      <label htmlFor={id}>{field.title}</label>
      {options.length > 0 ? (
        <select id={id} className="field" value={value} onChange={(event) => onChange(event.target.value)}>
          {options.map(([option, title]) => (
            <option key={option} value={option}>
              {title}
            </option>
          ))}
        </select>
      ) : (
        <input id={id} className="field" type={field.kind === "number" ? "number" : "text"} min={0} step="any" placeholder={field.kind === "user" ? "u0000012" : undefined} value={value} onChange={(event) => onChange(event.target.value)} />
      )}
    </div>
  );
}
