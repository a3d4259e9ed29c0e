/** The live course, counted from the events as they come and shown once a second. */
import { useEffect, useState } from "react";
import { useAsked } from "../../lib/asked.ts";
import { useLuna } from "../../lib/context.ts";
import type { Course } from "./figures.ts";
import { LiveFlow } from "./live.ts";

const EVERY_MS = 1000;
const PERSONAS_MS = 60_000;

interface Listed {
  readonly users: readonly { readonly user_id: string; readonly persona: string | null }[];
}

export function useLiveCourse(): Course {
  const luna = useLuna();
  const people = useAsked<Listed>("/users?limit=1000", { everyMs: PERSONAS_MS });
  const [personas] = useState(() => new Map<string, string | null>());
  const [flow] = useState(() => new LiveFlow((userId) => personas.get(userId) ?? null));
  const [course, setCourse] = useState(() => flow.course());
  const listed = people.status === "ready" ? people.answer.users : null;
  useEffect(() => {
    for (const { user_id, persona } of listed ?? []) {
      personas.set(user_id, persona);
    }
    flow.clear();
    flow.begin(luna.feed.ring.toArray(), Date.now() / 1000);
  }, [luna, flow, personas, listed]);
  useEffect(() => luna.onEvents((events) => flow.add(events, Date.now() / 1000)), [luna, flow]);
  useEffect(() => luna.onRestart(() => flow.clear()), [luna, flow]);
  useEffect(() => {
    const timer = setInterval(() => {
      flow.add([], Date.now() / 1000);
      setCourse(flow.course());
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [flow]);
  return course;
}
