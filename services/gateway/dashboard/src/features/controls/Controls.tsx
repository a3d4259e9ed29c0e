/** Everything that changes the city; each control shows what became of it. */
import { useState, type SubmitEvent } from "react";
import { Icon } from "../../components/Icon.tsx";
import { useLuna } from "../../lib/context.ts";
import type { Command } from "../../lib/control.ts";
import { amount, counted, speed } from "../../lib/format.ts";
import { useStore } from "../../lib/store.ts";
import { AckLine } from "./AckLine.tsx";
import { Reset } from "./Reset.tsx";
import { Scenarios } from "./Scenarios.tsx";
import { Unlock } from "./Unlock.tsx";
import { SPEEDS, placeOf, speedTitle } from "./speeds.ts";
import "./controls.css";

export function Controls() {
  return (
    <section className="panel controls" aria-label="Controls">
      <header className="panel-head">
        <h2 className="panel-title">Controls</h2>
        <Reset />
      </header>
      <div className="controls-body">
        <Unlock />
        <Speed />
        <Spawn />
        <Scenarios />
      </div>
      <AckLine />
    </section>
  );
}

function usePending(control: string): boolean {
  const luna = useLuna();
  return useStore(luna.control.receipts, (all) => all.some((one) => one.control === control && one.status === "pending"));
}

function PauseResume() {
  const luna = useLuna();
  const paused = useStore(luna.state, (state) => state?.phase === "paused");
  const idle = useStore(luna.state, (state) => state?.phase !== "paused" && state?.phase !== "running");
  const pausing = usePending("pause");
  const resuming = usePending("resume");
  return (
    <div className="pair" role="group" aria-label="Time">
      <button type="button" className="button" data-testid="pause" disabled={idle || paused || pausing} aria-busy={pausing} onClick={() => luna.control.give({ type: "pause" }, "pause", "Pause")}>
        <Icon name="pause" />
        Pause
      </button>
      <button type="button" className={`button ${paused ? "button-primary" : ""}`} data-testid="resume" disabled={idle || !paused || resuming} aria-busy={resuming} onClick={() => luna.control.give({ type: "resume" }, "resume", "Resume")}>
        <Icon name="play" />
        Resume
      </button>
    </div>
  );
}

/** Where the slider rests before the city has said its speed. */
const USUAL = SPEEDS.indexOf(60);

function Speed() {
  const luna = useLuna();
  const target = useStore(luna.state, (state) => state?.speed_target ?? null);
  const achieved = useStore(luna.state, (state) => state?.speed_achieved ?? null);
  const [held, setHeld] = useState<number | null>(null);
  const running = target === null ? null : placeOf(target);
  const place = held ?? running ?? USUAL;
  const choose = (index: number) => {
    const chosen = SPEEDS[index] ?? 60;
    const command: Command = { type: "set_speed", payload: { multiplier: chosen } };
    luna.control.give(command, "speed", `Speed ${speedTitle(chosen)}`);
    setHeld(null);
  };
  const settle = () => {
    if (held !== null && held !== running) {
      choose(held);
    }
    setHeld(null);
  };
  return (
    <div className="control" data-testid="speed">
      <div className="control-head">
        <PauseResume />
        <span className="control-now">
          <b data-testid="speed-target">{speed(target)}</b>
          <span title="What the machine really does">{achieved === null ? "" : `${amount(achieved)}× achieved`}</span>
        </span>
      </div>
      <input
        type="range"
        className="slider"
        min={0}
        max={SPEEDS.length - 1}
        step={1}
        value={place}
        style={{ "--share": place / (SPEEDS.length - 1) } as React.CSSProperties}
        aria-label="Speed"
        aria-valuetext={speedTitle(SPEEDS[place] ?? 60)}
        onChange={(event) => setHeld(Number(event.target.value))}
        onPointerUp={settle}
        onKeyUp={settle}
        onBlur={settle}
      />
      <div className="presets" role="group" aria-label="Speeds">
        {SPEEDS.map((preset, index) => (
          <button key={preset} type="button" data-testid={`speed-${preset}`} className="preset" aria-pressed={index === running} onClick={() => choose(index)}>
            {speedTitle(preset)}
          </button>
        ))}
      </div>
    </div>
  );
}

const MOST_PEOPLE = 1000;

function Spawn() {
  const luna = useLuna();
  const population = useStore(luna.state, (state) => state?.population ?? null);
  const pending = usePending("spawn");
  const [count, setCount] = useState("50");
  const number = Number(count);
  const valid = Number.isInteger(number) && number >= 1 && number <= MOST_PEOPLE;
  const spawn = (event: SubmitEvent) => {
    event.preventDefault();
    if (valid) {
      luna.control.give({ type: "spawn_users", payload: { count: number } }, "spawn", `Add ${counted(number, "person", "people")}`);
    }
  };
  return (
    <form className="control spawn" onSubmit={spawn}>
      <label htmlFor="spawn-count">
        People
        <span>{population === null ? "" : `${amount(population)} live here`}</span>
      </label>
      <input id="spawn-count" className="field" type="number" inputMode="numeric" min={1} max={MOST_PEOPLE} value={count} aria-invalid={!valid} onChange={(event) => setCount(event.target.value)} />
      <button type="submit" className="button" data-testid="spawn" disabled={!valid || pending} aria-busy={pending}>
        <Icon name="people" />
        Add people
      </button>
    </form>
  );
}
