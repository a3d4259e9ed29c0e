/** Everyone's persona: asked for as a whole, and anew a moment after newcomers registered. */
import { useEffect, useMemo } from "react";
import type { Personas } from "../generated/api.ts";
import { useAsked } from "./asked.ts";
import { useLuna } from "./context.ts";

const EVERY_MS = 60_000;
/** Newcomers come in crowds, and their rows may arrive after the word that they came. */
const GATHER_MS = 2000;

export function usePersonas(): ReadonlyMap<string, string> {
  const luna = useLuna();
  const asked = useAsked<Personas>("/users/personas", { everyMs: EVERY_MS });
  const { again } = asked;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const deaf = luna.onEvents((events) => {
      if (timer === undefined && events.some(({ event_type }) => event_type === "user.registered")) {
        timer = setTimeout(() => {
          timer = undefined;
          again();
        }, GATHER_MS);
      }
    });
    return () => {
      deaf();
      clearTimeout(timer);
    };
  }, [luna, again]);
  const personas = asked.status === "ready" ? asked.answer.personas : null;
  return useMemo(() => new Map(Object.entries(personas ?? {}).flatMap(([persona, ids]) => ids.map((id) => [id, persona] as const))), [personas]);
}
