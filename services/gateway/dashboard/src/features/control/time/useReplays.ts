/** Replays under way and over, and orders to the event store that tells them. */
import { useState } from "react";
import { reasonOf } from "../../../lib/api.ts";
import { useAsked, type Question } from "../../../lib/asked.ts";
import { useLuna } from "../../../lib/context.ts";
import { useComeback } from "./comeback.ts";
import type { Replay, Replays } from "./moments.ts";

const BUSY_MS = 2000;
const IDLE_MS = 15_000;

/** Asked for often only while one is told. */
export function useReplays(): Question<Replays> {
  const [everyMs, setEveryMs] = useState(IDLE_MS);
  const question = useAsked<Replays>("/admin/streams/replays", { everyMs });
  useComeback(question);
  const running = question.status === "ready" && question.answer.replays.some(({ status }) => status === "running");
  const wanted = running ? BUSY_MS : IDLE_MS;
  if (question.status === "ready" && wanted !== everyMs) {
    setEveryMs(wanted);
  }
  return question;
}

export interface ReplayOrder {
  readonly start_time: string;
  readonly end_time: string;
  readonly speed: number | "max";
  /** Every one that is stored, where none is named. */
  readonly channels: readonly string[];
}

export interface Ordering {
  readonly busy: boolean;
  /** Why the last order failed, in the words of who refused it; empty when it did not. */
  readonly fault: string;
  readonly start: (order: ReplayOrder) => void;
  readonly stop: (replay: Replay) => void;
}

/** `onDone` follows each order that was obeyed. */
export function useReplayOrders(onDone: () => void): Ordering {
  const luna = useLuna();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const give = async (what: string, order: () => Promise<Replay>) => {
    setBusy(true);
    setFault("");
    try {
      await order();
      onDone();
    } catch (error) {
      setFault(`${what}: ${reasonOf(error).replace(/\.$/, "")}.`);
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    fault,
    start: (order) => void give("The replay did not begin", () => luna.write<Replay>("POST", "/admin/streams/replay", order)),
    stop: ({ replay_id }) => void give("The replay was not stopped", () => luna.write<Replay>("DELETE", `/admin/streams/replay/${encodeURIComponent(replay_id)}`)),
  };
}
