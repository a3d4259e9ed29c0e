/** Asks again what could not be had, once the gateway is back or somebody has unlocked the page. */
import { useEffect } from "react";
import type { Question } from "../../../lib/asked.ts";
import { useLuna } from "../../../lib/context.ts";

export function useComeback<Answer>(question: Question<Answer>): void {
  const luna = useLuna();
  const { again } = question;
  const missing = question.status === "failed" || (question.status === "ready" && question.stale !== "");
  useEffect(() => luna.control.locked.subscribe(again), [luna, again]);
  useEffect(() => {
    const { streamLink } = luna;
    return missing ? streamLink.subscribe(() => (streamLink.get().kind === "open" ? again() : undefined)) : undefined;
  }, [luna, missing, again]);
}
