/** What people do in the app: shares to order, and what the mix would be. */
import { useState, type CSSProperties } from "react";
import { Panel } from "../../components/Panel.tsx";
import { useLuna } from "../../lib/context.ts";
import { usePersonas } from "../../lib/everyone.ts";
import { capital, percent, plain } from "../../lib/format.ts";
import { usePending } from "../../lib/receipts.ts";
import { useStore } from "../../lib/store.ts";
import { ACTIONS, COLOURS, TITLES, countedOf, faultOf, mixed, observed, type Action, type Mix, type Wanted } from "./mix.ts";

const MOST = 0.6;

interface Audience {
  readonly value: string;
  readonly title: string;
}

export function Behavior() {
  const luna = useLuna();
  const personas = usePersonas();
  const everyone = useStore(luna.stats, (stats) => stats?.events);
  const pending = usePending("behavior");
  const [audience, setAudience] = useState("everyone");
  const [wanted, setWanted] = useState<Wanted>({});
  const [kind = "", name = ""] = audience.split(":");
  // A scenario's order starts from everybody's mix, as the simulator does; a persona's from its own, as seen lately.
  const counted = kind === "persona" ? countedOf(luna.feed.ring.toArray(), ({ user_id }) => personas.get(user_id ?? "") === name) : everyone;
  const before = counted === undefined ? null : observed(counted);
  const fault = faultOf(wanted);
  const order = () => {
    const whom = kind === "everyone" ? {} : { [kind]: name };
    luna.control.give({ type: "adjust_behavior", payload: { action_probabilities: wanted, ...whom } }, "behavior", `Behaviour of ${plain(name || kind)}`);
  };
  return (
    <Panel title="Behaviour" actions={<Whom audience={audience} personas={personas} onChoose={setAudience} />}>
      <div className="form">
        <div className="sliders">
          {ACTIONS.map((action) => (
            <Share key={action} action={action} seen={before?.[action] ?? 0} wanted={wanted[action]} onChange={(share) => setWanted(changed(wanted, action, share))} />
          ))}
        </div>
        {before === null ? <p className="form-note">The present mix is known once somebody has done something.</p> : <Preview title={kind === "persona" ? "Lately" : "So far"} before={before} after={mixed(before, wanted)} />}
        <div className="form-row">
          <button type="button" className="button button-primary" data-testid="behavior-apply" disabled={fault !== "" || pending} aria-busy={pending} onClick={order}>
            Apply
          </button>
          <button type="button" className="button button-quiet" disabled={Object.keys(wanted).length === 0} onClick={() => setWanted({})}>
            Clear
          </button>
          <span className="form-note" role="status">
            {fault}
          </span>
        </div>
      </div>
    </Panel>
  );
}

function changed(wanted: Wanted, action: Action, share: number | undefined): Wanted {
  const rest = Object.fromEntries(Object.entries(wanted).filter(([name]) => name !== action));
  return share === undefined ? rest : { ...rest, [action]: share };
}

function Whom({ audience, personas, onChoose }: { readonly audience: string; readonly personas: ReadonlyMap<string, string>; readonly onChoose: (audience: string) => void }) {
  const luna = useLuna();
  const scenarios = useStore(luna.scenarios, (known) => known);
  const choices: readonly Audience[] = [
    { value: "everyone", title: "Everyone" },
    ...[...new Set(personas.values())].sort().map((name) => ({ value: `persona:${name}`, title: capital(plain(name)) })),
    ...scenarios.map(({ id, title }) => ({ value: `scenario:${id}`, title: `While ${title.toLowerCase()} holds` })),
  ];
  return (
    <select className="field" aria-label="Whose behaviour" data-testid="behavior-whom" value={audience} onChange={(event) => onChoose(event.target.value)}>
      {choices.map(({ value, title }) => (
        <option key={value} value={value}>
          {title}
        </option>
      ))}
    </select>
  );
}

interface ShareProperties {
  readonly action: Action;
  readonly seen: number;
  readonly wanted: number | undefined;
  readonly onChange: (share: number | undefined) => void;
}

function Share({ action, seen, wanted, onChange }: ShareProperties) {
  const value = Math.min(MOST, wanted ?? seen);
  return (
    <div className={`share ${wanted === undefined ? "" : "share-set"}`}>
      <label htmlFor={`share-${action}`}>
        <span aria-hidden="true" style={{ background: `var(--${COLOURS[action]})` }} />
        {TITLES[action]}
      </label>
      <input
        id={`share-${action}`}
        data-testid={`share-${action}`}
        type="range"
        className="slider"
        min={0}
        max={MOST}
        step={0.01}
        value={value}
        style={{ "--share": value / MOST } as CSSProperties}
        aria-valuetext={percent(value)}
        onChange={(event) => onChange(Number(event.target.value))}
      />
      <output htmlFor={`share-${action}`}>{percent(wanted ?? seen)}</output>
    </div>
  );
}

function Preview({ title, before, after }: { readonly title: string; readonly before: Mix; readonly after: Mix }) {
  return (
    <div className="mixes">
      <Bar title={title} mix={before} />
      <Bar title="Then" mix={after} />
    </div>
  );
}

function Bar({ title, mix }: { readonly title: string; readonly mix: Mix }) {
  const words = ACTIONS.map((action) => `${TITLES[action]} ${percent(mix[action])}`).join(", ");
  return (
    <div className="mix">
      <span>{title}</span>
      <div role="img" aria-label={`${title}: ${words}`}>
        {ACTIONS.map((action) => (
          <span key={action} title={`${TITLES[action]} ${percent(mix[action])}`} style={{ width: `${mix[action] * 100}%`, background: `var(--${COLOURS[action]})` }} />
        ))}
      </div>
    </div>
  );
}
