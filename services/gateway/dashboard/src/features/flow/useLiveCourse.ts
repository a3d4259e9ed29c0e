/** The live course, counted from the events as they come and shown once a second. */
import { useEffect, useState } from "react";
import { useLuna } from "../../lib/context.ts";
import { usePersonas } from "../../lib/everyone.ts";
import type { Course } from "./figures.ts";
import { LiveFlow } from "./live.ts";

const EVERY_MS = 1000;

export function useLiveCourse(): Course {
  const luna = useLuna();
  const personas = usePersonas();
  const [flow] = useState(() => new LiveFlow());
  const [course, setCourse] = useState(() => flow.course(() => null));
  useEffect(() => {
    flow.clear();
    flow.begin(luna.feed.ring.toArray(), Date.now() / 1000);
  }, [luna, flow]);
  useEffect(() => luna.onEvents((events) => flow.add(events, Date.now() / 1000)), [luna, flow]);
  useEffect(() => luna.onRestart(() => flow.clear()), [luna, flow]);
  useEffect(() => {
    const timer = setInterval(() => {
      flow.add([], Date.now() / 1000);
      setCourse(flow.course((userId) => personas.get(userId) ?? null));
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [flow, personas]);
  return course;
}
