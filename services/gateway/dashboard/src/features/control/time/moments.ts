/** Snapshots, journeys and replays as the gateway tells them, and what is said of them. */
import type { ListedSnapshot as Snapshot, RunningReplay as Replay } from "../../../generated/api.ts";
import { amount, counted, dayOf, shortTime } from "../../../lib/format.ts";
import { hashOf } from "../../../lib/route.ts";

export type { ListedSnapshot as Snapshot, Replays, RunningReplay as Replay, Snapshots } from "../../../generated/api.ts";

/** A snapshot's name is a directory's, too. */
const NAME = /^[a-z0-9][a-z0-9_.-]{0,63}$/;
export const LONGEST_NAME = 64;
export const LONGEST_DESCRIPTION = 1000;

/** What is wrong with a name; empty when nothing is. */
export function faultOfName(name: string, taken: readonly string[]): string {
  if (name === "") {
    return "It needs a name.";
  }
  if (!NAME.test(name)) {
    return "A name is made of small letters, digits, dots, - and _, and begins with a letter or a digit.";
  }
  return taken.includes(name) ? `There is a snapshot ${name} already; take another name or delete it.` : "";
}

/** `Fri, Jun 5 18:04`, on the clock of the city. */
export const moment = (iso: string): string => `${dayOf(iso)} ${shortTime(iso)}`;

export function factsOf({ simulation_time, population, bytes, branch }: Snapshot): string {
  return [moment(simulation_time), counted(population, "person", "people"), sizeOf(bytes), `branch ${branch}`].join(" · ");
}

export const sizeOf = (bytes: number): string => (bytes >= 1_000_000 ? `${amount(bytes / 1_000_000)} MB` : `${amount(Math.ceil(bytes / 1000))} kB`);

/** What is wrong with the range of a replay; empty when nothing is. */
export function faultOfRange(from: string, to: string): string {
  if (Number.isNaN(Date.parse(from)) || Number.isNaN(Date.parse(to))) {
    return "It needs a beginning and an end.";
  }
  return Date.parse(to) > Date.parse(from) ? "" : "The end must lie after the beginning.";
}

/** Where the Events view shows the records a replay tells, as the event store has them, as far as it has come. */
export function recordsOf({ from, to, at, status, topics, event_types, user_id, venue_id }: Replay): string {
  const until = status === "finished" ? to : (at ?? from);
  return hashOf("events", [], { since: from, at: until, channels: topics.join(","), type: (event_types ?? []).join(","), user: user_id, text: venue_id });
}

/** How much of its range a replay has told, by simulated time; 0 to 1. */
export function shareOf({ status, from, to, at }: Replay): number {
  if (status === "finished") {
    return 1;
  }
  const way = Date.parse(to) - Date.parse(from);
  return at === null || way <= 0 ? 0 : Math.min(1, Math.max(0, (Date.parse(at) - Date.parse(from)) / way));
}

export function stateOf({ status, told, at, reason }: Replay): string {
  const records = counted(told, "record", "records");
  switch (status) {
    case "running":
      return at === null ? "Begins" : `${records} told, at ${shortTime(at)}`;
    case "finished":
      return `Told to the end, ${records}`;
    case "stopped":
      return `Stopped after ${records}`;
    case "failed":
      return `Failed after ${records}: ${reason ?? "no reason was given"}`;
  }
}

/** A journey in words, before it begins; empty where there is nothing to say. */
export function journeyWords(to: string, now: string): string {
  return Date.parse(to) < Date.parse(now)
    ? `A new branch begins at the nearest snapshot before ${moment(to)} and is told again up to that moment. The present telling is left; it stays on the topics.`
    : `The city lives at full speed until ${moment(to)}, on this branch. Nothing is left behind.`;
}

/** What is wrong with where somebody wants to go; empty when nothing is. */
export function faultOfJourney(to: string, start: string | null): string {
  if (Number.isNaN(Date.parse(to))) {
    return "Choose a time to go to.";
  }
  return start !== null && Date.parse(to) < Date.parse(start) ? `Nothing was told before ${moment(start)}.` : "";
}
