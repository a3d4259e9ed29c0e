/** A question to the gateway as a component sees it: on its way, answered, answered long ago, or failed. */
import { useCallback, useEffect, useState } from "react";
import { ApiError, reasonOf } from "./api.ts";
import { useLuna } from "./context.ts";

export type Asked<Answer> =
  | { readonly status: "loading" }
  /** `stale` says why the answer could not be had anew; empty when it is fresh. */
  | { readonly status: "ready"; readonly answer: Answer; readonly stale: string }
  | { readonly status: "failed"; readonly reason: string; readonly code: number | null };

export type Question<Answer> = Asked<Answer> & { readonly again: () => void };

interface Options {
  /** Ask again after so many milliseconds; once, when left out. */
  readonly everyMs?: number;
  /** Where the path begins, when not under /api/v1. */
  readonly base?: string;
}

const LOADING = { status: "loading" } as const;

/** Asks `/api/v1${path}`; null asks nothing. A hidden page does not ask; a new telling of the city asks anew. */
export function useAsked<Answer>(path: string | null, { everyMs, base }: Options = {}): Question<Answer> {
  const luna = useLuna();
  const [known, setKnown] = useState<{ readonly path: string | null; readonly asked: Asked<Answer> }>({ path, asked: LOADING });
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((number) => number + 1), []);
  useEffect(() => luna.onRestart(again), [luna, again]);
  useEffect(() => {
    if (path === null) {
      return undefined;
    }
    let wanted = true;
    const ask = async () => {
      try {
        const answer = await luna.ask<Answer>(path, base);
        if (wanted) {
          setKnown({ path, asked: { status: "ready", answer, stale: "" } });
        }
      } catch (error) {
        if (wanted) {
          setKnown((before) => ({ path, asked: failure(before.path === path ? before.asked : LOADING, error) }));
        }
      }
    };
    void ask();
    const timer = everyMs === undefined ? undefined : setInterval(() => (document.hidden ? undefined : void ask()), everyMs);
    return () => {
      wanted = false;
      clearInterval(timer);
    };
  }, [luna, path, base, everyMs, turn]);
  const asked = known.path === path ? known.asked : LOADING;
  return { ...asked, again };
}

/** An answer once had is kept, and said to be old. */
export function failure<Answer>(before: Asked<Answer>, error: unknown): Asked<Answer> {
  const reason = reasonOf(error);
  return before.status === "ready" ? { ...before, stale: reason } : { status: "failed", reason, code: error instanceof ApiError ? error.status : null };
}
