/** What to tell again, and how fast. */
import { useId, useState, type SubmitEvent } from "react";
import { Icon } from "../../../components/Icon.tsx";
import { useLuna } from "../../../lib/context.ts";
import { CHANNELS, toggled } from "../../../lib/filters.ts";
import { speed as speedWords } from "../../../lib/format.ts";
import { fromLocal, toLocal } from "../../../lib/local.ts";
import { cityName } from "../../../lib/place.ts";
import { useStore } from "../../../lib/store.ts";
import type { TopicName } from "../../../lib/types.ts";
import { faultOfRange } from "./moments.ts";
import type { Ordering } from "./useReplays.ts";

const SPEEDS = [1, 10, 60, 300, 1000, "max"] as const;
const USUAL = "60";
/** Of simulated time, as long as nobody has chosen. */
const USUAL_MS = 2 * 3_600_000;

const earlier = (iso: string): string => new Date(Date.parse(iso) - USUAL_MS).toISOString();
const isoOf = (local: string): string => (local === "" ? "" : fromLocal(local));

export function StartReplay({ orders, refusal }: { readonly orders: Ordering; readonly refusal: string }) {
  const luna = useLuna();
  const now = useStore(luna.state, (state) => state?.simulation_time?.slice(0, 16) ?? "");
  const [chosen, setChosen] = useState<{ readonly from?: string; readonly to?: string }>({});
  const [speed, setSpeed] = useState(USUAL);
  const [topics, setTopics] = useState<ReadonlySet<TopicName>>(new Set());
  const note = useId();
  const nowIso = now === "" ? "" : `${now}:00Z`;
  const from = chosen.from ?? (nowIso === "" ? "" : toLocal(earlier(nowIso)));
  const to = chosen.to ?? (nowIso === "" ? "" : toLocal(nowIso));
  const fault = faultOfRange(isoOf(from), isoOf(to));
  const closed = refusal !== "";
  const start = (event: SubmitEvent) => {
    event.preventDefault();
    if (fault === "" && !closed) {
      orders.start({ start_time: isoOf(from), end_time: isoOf(to), speed: speed === "max" ? "max" : Number(speed), channels: [...topics] });
    }
  };
  return (
    <form className="form" onSubmit={start}>
      <div className="form-row form-fields">
        <Moment name="from" title={`From, in ${cityName()}`} value={from} disabled={closed} onChange={(value) => setChosen({ ...chosen, from: value })} />
        <Moment name="to" title="To" value={to} disabled={closed} onChange={(value) => setChosen({ ...chosen, to: value })} />
        <label className="form-field">
          Speed
          <select className="field" value={speed} disabled={closed} data-testid="replay-speed" onChange={(event) => setSpeed(event.target.value)}>
            {SPEEDS.map((one) => (
              <option key={one} value={one}>
                {speedWords(one === "max" ? 0 : one)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <fieldset className="replay-topics" disabled={closed}>
        <legend>Topics; all when none is chosen</legend>
        {CHANNELS.map(({ topic, title }) => (
          <label key={topic} className="form-check">
            <input type="checkbox" checked={topics.has(topic)} data-testid={`replay-topic-${topic}`} onChange={() => setTopics(toggled(topics, topic))} />
            {title}
          </label>
        ))}
      </fieldset>
      <div className="form-row">
        <button type="submit" className="button" data-testid="replay-start" disabled={closed || fault !== "" || orders.busy} aria-busy={orders.busy} aria-describedby={note}>
          <Icon name="play" />
          Tell it again
        </button>
        <span id={note} className="form-note time-note" role="status" data-testid="replay-note">
          {closed ? refusal : fault === "" ? "Its records come on the channel replay; the city does not hear them." : fault}
        </span>
      </div>
    </form>
  );
}

interface MomentProperties {
  readonly name: string;
  readonly title: string;
  readonly value: string;
  readonly disabled: boolean;
  readonly onChange: (value: string) => void;
}

function Moment({ name, title, value, disabled, onChange }: MomentProperties) {
  return (
    <label className="form-field form-field-wide">
      {title}
      <input className="field" type="datetime-local" value={value} disabled={disabled} data-testid={`replay-${name}`} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}
