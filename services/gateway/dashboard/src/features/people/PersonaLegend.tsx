/** What the colours mean; a click shows one kind of people alone. */
import { PersonaDot } from "../../components/Person.tsx";
import { PERSONAS, personaTitle } from "../../lib/personas.ts";
import type { Person } from "./graph/society.ts";

interface Properties {
  readonly people: readonly Person[];
  readonly personas: ReadonlySet<string>;
  readonly onPersonas: (personas: ReadonlySet<string>) => void;
}

export function PersonaLegend({ people, personas, onPersonas }: Properties) {
  const counts = new Map<string, number>();
  people.forEach(({ persona }) => counts.set(persona, (counts.get(persona) ?? 0) + 1));
  const toggled = (name: string): ReadonlySet<string> => {
    const next = new Set(personas);
    if (!next.delete(name)) {
      next.add(name);
    }
    return next;
  };
  return (
    <ul className="people-legend" aria-label="Personas">
      {PERSONAS.map((name) => (
        <li key={name}>
          <button type="button" aria-pressed={personas.has(name)} onClick={() => onPersonas(toggled(name))} data-testid={`persona-${name}`}>
            <PersonaDot persona={name} />
            {personaTitle(name)} <small>{counts.get(name) ?? 0}</small>
          </button>
        </li>
      ))}
    </ul>
  );
}
