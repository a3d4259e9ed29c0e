/**
 * The list of snapshots. Asking is a command on the topic, so it is asked when something has changed and not by the clock:
 * after an order of this page, and when anybody else's is acknowledged on the stream.
 */
import { useEffect } from "react";
import { useAsked, type Question } from "../../../lib/asked.ts";
import { useLuna } from "../../../lib/context.ts";
import { tellSaved } from "../../../lib/saved.ts";
import type { CityEvent } from "../../../lib/types.ts";
import { useComeback } from "./comeback.ts";
import type { Snapshots } from "./moments.ts";

export const TAKE = "snapshot";
export const RESTORE = "restore";
export const DELETE = "delete-snapshot";
export const SNAPSHOT_CONTROLS: ReadonlySet<string> = new Set([TAKE, RESTORE, DELETE]);

const CHANGES: ReadonlySet<string> = new Set(["snapshot", "snapshot.create", "snapshot.delete"]);

const changes = ({ event_type, command }: CityEvent): boolean => event_type === "ack.given" && command !== undefined && CHANGES.has(command);

export function useSnapshots(): Question<Snapshots> {
  const luna = useLuna();
  const question = useAsked<Snapshots>("/admin/simulation/snapshots");
  const { again } = question;
  const known = question.status === "ready" ? question.answer : null;
  useComeback(question);
  useEffect(() => {
    if (known !== null) {
      tellSaved(known);
    }
  }, [known]);
  useEffect(() => luna.onEvents((events) => (events.some(changes) ? again() : undefined)), [luna, again]);
  useEffect(() => {
    const { receipts } = luna.control;
    const done = () => receipts.get().find(({ control, status }) => SNAPSHOT_CONTROLS.has(control) && status === "acknowledged")?.id;
    let heard = done();
    return receipts.subscribe(() => {
      const now = done();
      if (now !== heard) {
        heard = now;
        again();
      }
    });
  }, [luna, again]);
  return question;
}
