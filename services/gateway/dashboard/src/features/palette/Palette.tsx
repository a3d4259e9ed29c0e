/** One line to go anywhere and do anything: commands, places and people by name. */
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { Icon } from "../../components/Icon.tsx";
import { useLuna } from "../../lib/context.ts";
import { found, placesNamed, type PaletteCommand } from "../../lib/palette.ts";
import { keyName } from "../../lib/shortcuts.ts";
import { useStore } from "../../lib/store.ts";
import "./palette.css";

interface Properties {
  readonly commands: readonly PaletteCommand[];
  readonly onClose: () => void;
}

export function Palette({ commands, onClose }: Properties) {
  const luna = useLuna();
  const list = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  /** By name, not by place: lines may still come while it is open. */
  const [picked, setPicked] = useState("");
  const venues = useStore(luna.directory, (known) => known.venues);
  const offered = useMemo(() => [...found(commands, text), ...placesNamed(venues, text)], [commands, venues, text]);
  const chosen = offered.find(({ id }) => id === picked) ?? offered[0];
  useEffect(() => dialog.current?.showModal(), []);
  const run = (command: PaletteCommand | undefined) => {
    onClose();
    command?.run();
  };
  const heed = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const place = chosen === undefined ? 0 : offered.indexOf(chosen);
      setPicked(offered.at((place + step) % offered.length)?.id ?? "");
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(chosen);
    }
  };
  return (
    <dialog ref={dialog} className="palette" aria-label="Command palette" data-testid="palette" onClose={onClose} onClick={(event) => (event.target === event.currentTarget ? onClose() : undefined)}>
      <div className="palette-line">
        <Icon name="search" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={chosen === undefined ? undefined : `${list}-${chosen.id}`}
          aria-label="Command, venue or person"
          placeholder="Go somewhere, do something, find a venue or a person"
          autoFocus
          value={text}
          onKeyDown={heed}
          onChange={(event) => {
            setText(event.target.value);
            setPicked("");
          }}
        />
        <kbd>Esc</kbd>
      </div>
      <ul id={list} role="listbox" aria-label="Commands" className="palette-list">
        {offered.map((command) => (
          <Line key={command.id} id={`${list}-${command.id}`} command={command} chosen={command === chosen} onRun={() => run(command)} />
        ))}
      </ul>
      {offered.length === 0 ? <p className="palette-none" role="status">Nothing is called that.</p> : null}
    </dialog>
  );
}

function Line({ id, command, chosen, onRun }: { readonly id: string; readonly command: PaletteCommand; readonly chosen: boolean; readonly onRun: () => void }) {
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (chosen) {
      element.current?.scrollIntoView({ block: "nearest" });
    }
  }, [chosen]);
  return (
    <li ref={element} id={id} role="option" aria-selected={chosen} className="palette-option" onClick={onRun}>
      <Icon name={command.icon} />
      <span className="palette-words">
        <b>{command.title}</b>
        <small>{command.hint}</small>
      </span>
      {command.key === undefined ? null : <kbd>{keyName(command.key)}</kbd>}
    </li>
  );
}
