/** Filters and ways of looking; all stand in the address. */
import { useState } from "react";
import type { GroundTruth } from "../../generated/api.ts";
import { Icon } from "../../components/Icon.tsx";
import { useAsked } from "../../lib/asked.ts";
import { useLuna } from "../../lib/context.ts";
import { CHANNELS, typesIn } from "../../lib/filters.ts";
import { capital, plain } from "../../lib/format.ts";
import { refine } from "../../lib/route.ts";
import { useStore } from "../../lib/store.ts";
import type { TopicName } from "../../lib/types.ts";
import { ANY_CAUSE, type Filter } from "./filter.ts";
import { JumpTo } from "./JumpTo.tsx";
import { WIDTHS } from "./windows.ts";

interface Properties {
  readonly filter: Filter;
  readonly at: string;
  readonly minutes: number;
}

const EVERY = new Set(CHANNELS.map(({ topic }) => topic));

export function FilterBar({ filter, at, minutes }: Properties) {
  return (
    <header className="events-bar">
      <Channels filter={filter} />
      <div className="events-tools">
        <Words name="text" title="Words or ids" value={filter.text} />
        <Words name="user" title="Person or id" value={filter.person} />
        <Types filter={filter} />
        <Causes cause={filter.cause} />
        <select className="field" aria-label="Windows of time" value={minutes} onChange={({ target }) => refine({ group: target.value })} data-testid="events-group">
          {WIDTHS.map((width) => (
            <option key={width} value={width}>
              {width === 0 ? "No windows" : `${width} min windows`}
            </option>
          ))}
        </select>
        <JumpTo at={at} />
      </div>
    </header>
  );
}

interface ActsProperties {
  readonly held: boolean;
  readonly disabled: boolean;
  readonly onHold: () => void;
  readonly onClear: () => void;
}

export function Acts({ held, disabled, onHold, onClear }: ActsProperties) {
  return (
    <span className="events-acts">
      <button type="button" className="button" aria-pressed={held} disabled={disabled} onClick={onHold} data-testid="events-hold">
        <Icon name={held ? "play" : "pause"} />
        {held ? "Follow" : "Hold"}
      </button>
      <button type="button" className="button" onClick={onClear} data-testid="events-clear">
        <Icon name="clear" />
        Clear
      </button>
    </span>
  );
}

function Channels({ filter }: { readonly filter: Filter }) {
  const click = (topic: TopicName) => {
    const next = new Set(filter.channels);
    if (!next.delete(topic)) {
      next.add(topic);
    }
    refine({ channels: [...next].join(",") });
  };
  return (
    <ul className="events-chips" aria-label="Channels; all when none is pressed">
      {CHANNELS.map(({ topic, title, family }) => (
        <li key={topic}>
          <button type="button" className={`family-${family}`} aria-pressed={filter.channels.has(topic)} onClick={() => click(topic)} data-testid={`events-channel-${topic}`}>
            <i aria-hidden="true" />
            {title}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Words({ name, title, value }: { readonly name: string; readonly title: string; readonly value: string }) {
  return <input className="field" type="search" placeholder={title} aria-label={title} value={value} onChange={({ target }) => refine({ [name]: target.value })} data-testid={`events-${name}`} />;
}

function Types({ filter }: { readonly filter: Filter }) {
  const luna = useLuna();
  const [seen, setSeen] = useState<readonly string[]>([]);
  const types = [...new Set([...(filter.type === "" ? [] : [filter.type]), ...seen])].sort();
  const look = () => setSeen(typesIn(luna.feed.ring, filter.channels.size === 0 ? EVERY : filter.channels));
  return (
    <select className="field" aria-label="Event type" value={filter.type} onFocus={look} onPointerDown={look} onChange={({ target }) => refine({ type: target.value })} data-testid="events-type">
      <option value="">Every type</option>
      {types.map((type) => (
        <option key={type} value={type}>{type.replaceAll(",", ", ")}</option>
      ))}
    </select>
  );
}

function Causes({ cause }: { readonly cause: string }) {
  const luna = useLuna();
  const titles = useStore(luna.scenarios, (known) => known);
  const asked = useAsked<GroundTruth>("/ground-truth", { everyMs: 20_000 });
  const windows = asked.status === "ready" ? asked.answer.windows : [];
  const titleOf = (name: string | null) => titles.find(({ id }) => id === name)?.title ?? capital(plain(name ?? "cause"));
  return (
    <select className="field" aria-label="Cause" value={cause} onChange={({ target }) => refine({ cause: target.value })} data-testid="events-cause">
      <option value="">Any or no cause</option>
      <option value={ANY_CAUSE}>With a known cause</option>
      {cause !== "" && cause !== ANY_CAUSE && windows.every(({ cause_id }) => cause_id !== cause) ? <option value={cause}>{cause}</option> : null}
      {windows.map(({ cause_id, name, starts_at }) => (
        <option key={cause_id} value={cause_id}>{`${titleOf(name)}, ${starts_at.slice(5, 16).replace("T", " ")}`}</option>
      ))}
    </select>
  );
}
