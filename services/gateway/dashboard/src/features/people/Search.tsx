/** Finds a person by name and leads to the journey: a combobox as the ARIA practices have it. */
import { useEffect, useId, useState, type KeyboardEvent } from "react";
import type { User, Users } from "../../generated/api.ts";
import { Face } from "../../components/Person.tsx";
import { useAsked } from "../../lib/asked.ts";
import { personaTitle } from "../../lib/personas.ts";
import { go, useFilter } from "../../lib/route.ts";

const MOST = 8;
const PAUSE_MS = 180;

export function Search() {
  const id = useId();
  const [find] = useFilter("find");
  const [words, setWords] = useState(find);
  const [asked, setAsked] = useState(find);
  const [open, setOpen] = useState(find !== "");
  const [place, setPlace] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(words.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words]);
  const answer = useAsked<Users>(asked === "" ? null : `/users?query=${encodeURIComponent(asked)}&limit=${MOST}`);
  const found = asked !== "" && answer.status === "ready" ? answer.answer.users : [];
  const shown = open && asked !== "";
  const choose = (person: User | undefined) => {
    if (person !== undefined) {
      setOpen(false);
      go("people", [person.user_id]);
    }
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setPlace((found.length + place + step) % Math.max(1, found.length));
    } else if (event.key === "Enter") {
      choose(found[place]);
    } else if (event.key === "Escape") {
      setOpen(false);
    }
  };
  return (
    <div className="people-search" onBlur={(event) => (event.currentTarget.contains(event.relatedTarget) ? undefined : setOpen(false))}>
      <input
        className="field"
        type="search"
        role="combobox"
        placeholder="Find a person"
        aria-label="Find a person"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown && found.length > 0 ? `${id}-${place}` : undefined}
        autoComplete="off"
        value={words}
        data-testid="people-search"
        onChange={(event) => {
          setWords(event.target.value);
          setPlace(0);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onKeyDown={press}
      />
      <Options id={id} found={found} place={place} hidden={!shown} onChoose={choose} />
      <p className={shown && found.length === 0 ? "people-found people-nobody" : "unseen"} role="status">
        {shown ? notice(answer.status, answer.status === "failed" ? answer.reason : "", found.length) : ""}
      </p>
    </div>
  );
}

interface OptionsProperties {
  readonly id: string;
  readonly found: readonly User[];
  readonly place: number;
  readonly hidden: boolean;
  readonly onChoose: (person: User) => void;
}

function Options({ id, found, place, hidden, onChoose }: OptionsProperties) {
  return (
    <ul id={`${id}-list`} role="listbox" aria-label="People found" hidden={hidden || found.length === 0} className="people-found">
      {found.map((person, index) => (
        <li key={person.user_id} id={`${id}-${index}`} role="option" aria-selected={index === place} data-testid="people-found" onMouseDown={(event) => event.preventDefault()} onClick={() => onChoose(person)}>
          <Face userId={person.user_id} size={24} />
          <span>
            <strong>{person.name}</strong>
            <small>{[personaTitle(person.persona), person.borough].filter((part) => part !== null).join(" · ")}</small>
          </span>
        </li>
      ))}
    </ul>
  );
}

function notice(status: string, reason: string, found: number): string {
  if (status === "failed") {
    return `The search has no answer: ${reason}`;
  }
  if (status === "loading") {
    return "Looking…";
  }
  return found === 0 ? "Nobody here is called that." : `${found} found`;
}
