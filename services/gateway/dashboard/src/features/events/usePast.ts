/** Events from before this page opened, or from the time asked for: from the event store, or from the gateway's memory. */
import { useEffect, useState } from "react";
import type { ChannelPage, StoredRecords, Users } from "../../generated/api.ts";
import type { Asked } from "../../lib/asked.ts";
import { reasonOf } from "../../lib/api.ts";
import { useLuna } from "../../lib/context.ts";
import { CHANNELS } from "../../lib/filters.ts";
import type { Luna } from "../../lib/luna.ts";
import type { CityEvent } from "../../lib/types.ts";
import { isNarrower, merged, nameOf, questionOf, type Filter } from "./filter.ts";

export interface Past {
  readonly events: readonly CityEvent[];
  /** `store` for the event store; `memory` for what the gateway still holds. */
  readonly source: "store" | "memory";
  /** Only some of what fits: older records were not looked through. */
  readonly partly: boolean;
}

/** Fewer people than this of a name are asked for one by one. */
const NAMESAKES = 5;
/** The gateway takes no longer words to look for. */
const LONGEST = 100;

const A_PAGE = 300;
const HELD = 1000;
/** The gateway holds 10,000 records of a topic. */
const PAGES = 10;

/** Without a time: the newest. With one (ISO 8601): the newest up to it, and where the filter has one, from another on. */
export function usePast(filter: Filter, at: string): Asked<Past> {
  const luna = useLuna();
  const question = questionOf(filter);
  const channels = [...filter.channels].join(",");
  const name = nameOf(filter);
  const narrower = isNarrower(filter);
  const { since } = filter;
  const key = `${question}|${name}|${narrower}|${channels}|${since}|${at}`;
  const [known, setKnown] = useState<{ readonly key: string; readonly asked: Asked<Past> }>({ key, asked: { status: "loading" } });
  useEffect(() => {
    let wanted = true;
    const asking = async (): Promise<Past> => {
      const { questions, known } = await named(luna, question, name);
      const pasts = await Promise.all(questions.map((one) => (at === "" ? newest(luna, channels, one) : upTo(luna, channels, one, { since, at }))));
      const partly = pasts.some((past) => past.partly) && (narrower || !known);
      return { events: merged(...pasts.map(({ events }) => events)), source: pasts.every(({ source }) => source === "store") ? "store" : "memory", partly };
    };
    asking().then(
      (past) => wanted && setKnown({ key, asked: { status: "ready", answer: past, stale: "" } }),
      (error: unknown) => wanted && setKnown({ key, asked: { status: "failed", reason: reasonOf(error), code: null } }),
    );
    return () => {
      wanted = false;
    };
  }, [luna, key, channels, question, name, narrower, since, at]);
  return known.key === key ? known.asked : { status: "loading" };
}

/** A question for each person of a name; the one question, and the name not known, where they are too many or none. */
async function named(luna: Luna, question: string, name: string): Promise<{ readonly questions: readonly string[]; readonly known: boolean }> {
  if (name === "") {
    return { questions: [question], known: true };
  }
  const { users } = await luna.ask<Users>(`/users?query=${encodeURIComponent(name.slice(0, LONGEST))}&limit=${NAMESAKES}`);
  const known = users.length > 0 && users.length < NAMESAKES;
  return { questions: known ? users.map(({ user_id }) => `${question}${question === "" ? "" : "&"}user_id=${user_id}`) : [question], known };
}

async function newest(luna: Luna, channels: string, question: string): Promise<Past> {
  const names = channels === "" ? ["all"] : channels.split(",");
  const pages = await Promise.all(names.map((name) => luna.ask<ChannelPage>(`/admin/streams/history/${name}?limit=${A_PAGE}&${question}`)));
  return { events: merged(...pages.map(({ events }) => events)), source: "memory", partly: pages.some(({ events }) => events.length === A_PAGE) };
}

/**
 * To the end of the millisecond asked for: the last records of a simulated minute lie a microsecond before the next. The store
 * writes a moment later than the city tells: what it may not have yet is still in the gateway's memory.
 */
async function upTo(luna: Luna, channels: string, question: string, { since, at }: { readonly since: string; readonly at: string }): Promise<Past> {
  const until = Date.parse(at);
  const early = (events: readonly CityEvent[]) => events.filter(({ simulation_time }) => Date.parse(simulation_time) <= until);
  try {
    const asked = new URLSearchParams({ to: new Date(until + 1).toISOString(), limit: String(A_PAGE) });
    if (since !== "") {
      asked.set("from", since);
    }
    if (channels !== "") {
      asked.set("channels", channels);
    }
    const [stored, held] = await Promise.all([luna.ask<StoredRecords>(`/admin/streams/stored?${asked}&${question}`), newest(luna, channels, question)]);
    return { events: merged(stored.events, early(held.events)), source: "store", partly: stored.next_cursor !== null };
  } catch {
    const names = channels === "" ? CHANNELS.map(({ topic }) => topic) : channels.split(",");
    const found = await Promise.all(names.map((name) => lookBack(luna, name, question, early)));
    const events = merged(...found);
    return { events: events.slice(0, HELD), source: "memory", partly: events.length >= A_PAGE };
  }
}

/** Pages back until enough of what is wanted was found or the gateway's memory ends. */
async function lookBack(luna: Luna, channel: string, question: string, wanted: (events: readonly CityEvent[]) => readonly CityEvent[]): Promise<CityEvent[]> {
  const found: CityEvent[] = [];
  let before: string | null | undefined = undefined;
  for (let page = 0; page < PAGES && found.length < A_PAGE && before !== null; page += 1) {
    const next: string = before === undefined ? "" : `&before=${encodeURIComponent(before)}`;
    const answer: ChannelPage = await luna.ask<ChannelPage>(`/admin/streams/history/${channel}?limit=${HELD}&${question}${next}`);
    found.push(...wanted(answer.events));
    before = answer.before;
  }
  return found;
}
