/** The main controls, beside every view; the rest is in the view Control. */
import { AckLine } from "../../components/controls/AckLine.tsx";
import { Speed } from "../../components/controls/Time.tsx";
import { Unlock } from "../../components/controls/Unlock.tsx";
import { Panel } from "../../components/Panel.tsx";
import { useLuna } from "../../lib/context.ts";
import { capital } from "../../lib/format.ts";
import { panels, togglePanel } from "../../lib/panels.ts";
import { hashOf } from "../../lib/route.ts";
import { useStore } from "../../lib/store.ts";
import "./controls.css";

export function Controls() {
  const open = useStore(panels, (known) => known.controls);
  const more = (
    <a className="side-more" href={hashOf("control")}>
      All controls
    </a>
  );
  return (
    <Panel title="Controls" className="controls" actions={more} folded={!open} onFold={() => togglePanel("controls")}>
      <div className="controls-body">
        <Unlock />
        <Speed />
        <Active />
      </div>
      <AckLine />
    </Panel>
  );
}

/** Scenarios that are on. */
function Active() {
  const luna = useLuna();
  const active = useStore(luna.state, (state) => state?.scenarios);
  const titles = useStore(luna.scenarios, (known) => known);
  return active === undefined || active.length === 0 ? null : (
    <ul className="controls-active" aria-label="Scenarios that are on">
      {active.map(({ name, phase }) => (
        <li key={name}>
          <b>{titles.find(({ id }) => id === name)?.title ?? name}</b> {capital(phase)}
        </li>
      ))}
    </ul>
  );
}
