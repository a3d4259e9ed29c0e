/** The kinds of people of the city: one title and one colour each (styles/personas.css has the colours). */
import { capital, plain } from "./format.ts";

export const PERSONAS = [
  "social_butterfly", "foodie_explorer", "routine_regular", "event_organizer", "spontaneous_diner", "busy_professional", "budget_conscious",
] as const;

/** A persona this page does not know yet is told by its name, in the colour of nobody. */
export const personaTitle = (persona: string | null | undefined): string =>
  persona === null || persona === undefined || persona === "" ? "Somebody" : plain(persona).split(" ").map(capital).join(" ");

const KNOWN = new Set<string>(PERSONAS);

/** Name of the colour token of a persona. */
export const personaToken = (persona: string | null | undefined): string =>
  persona !== null && persona !== undefined && KNOWN.has(persona) ? `persona-${persona.replaceAll("_", "-")}` : "persona-other";
