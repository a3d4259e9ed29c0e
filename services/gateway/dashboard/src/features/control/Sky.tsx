/** Weather that holds instead of the city's own. */
import { useState } from "react";
import { Icon, type IconName } from "../../components/Icon.tsx";
import { Panel } from "../../components/Panel.tsx";
import { useLuna } from "../../lib/context.ts";
import { capital, plain } from "../../lib/format.ts";
import { usePending } from "../../lib/receipts.ts";
import { SKIES } from "../../lib/sky.ts";
import { useStore } from "../../lib/store.ts";

const HOURS = [1, 3, 6, 12] as const;

export function Sky() {
  const luna = useLuna();
  const now = useStore(luna.weather, (known) => known);
  const pending = usePending("weather");
  const [hours, setHours] = useState<number>(3);
  const order = (condition: string) => luna.control.give({ type: "weather", payload: { condition, hours } }, "weather", `${capital(condition)} for ${hours} h`);
  const choice = (
    <label className="form-inline">
      Hours
      <select className="field" value={hours} onChange={(event) => setHours(Number(event.target.value))}>
        {HOURS.map((value) => (
          <option key={value}>{value}</option>
        ))}
      </select>
    </label>
  );
  return (
    <Panel title="Weather" note={now === null ? undefined : `${capital(plain(now.condition))}, ${Math.round(now.temperature_c)} °C`} actions={choice}>
      <div className="form form-row" role="group" aria-label="Weather">
        {Object.entries(SKIES).map(([condition, icon]: [string, IconName]) => (
          <button key={condition} type="button" className="button" data-testid={`weather-${condition}`} disabled={pending} aria-pressed={now?.condition === condition} onClick={() => order(condition)}>
            <Icon name={icon} />
            {capital(condition)}
          </button>
        ))}
        <button type="button" className="button button-quiet" data-testid="weather-own" disabled={pending} onClick={() => luna.control.give({ type: "weather", payload: {} }, "weather", "The city's own weather")}>
          Its own
        </button>
      </div>
    </Panel>
  );
}
