/** The record of the address: kept by this page, or asked for. */
import { useEffect, useState } from "react";
import type { ChannelPage, Story } from "../../generated/api.ts";
import type { Asked } from "../../lib/asked.ts";
import { reasonOf } from "../../lib/api.ts";
import { useLuna } from "../../lib/context.ts";
import type { Luna } from "../../lib/luna.ts";
import type { CityEvent } from "../../lib/types.ts";

const HELD = 1000;

/** Null while no record is open. */
export function useRecord(eventId: string, topic: string, userId: string): Asked<CityEvent> | null {
  const luna = useLuna();
  const [known, setKnown] = useState<{ readonly id: string; readonly asked: Asked<CityEvent> } | null>(null);
  useEffect(() => {
    if (eventId === "") {
      return undefined;
    }
    let wanted = true;
    find(luna, eventId, topic, userId).then(
      (event) => wanted && setKnown({ id: eventId, asked: { status: "ready", answer: event, stale: "" } }),
      (error: unknown) => wanted && setKnown({ id: eventId, asked: { status: "failed", reason: reasonOf(error), code: null } }),
    );
    return () => {
      wanted = false;
    };
  }, [luna, eventId, topic, userId]);
  if (eventId === "") {
    return null;
  }
  return known?.id === eventId ? known.asked : { status: "loading" };
}

async function find(luna: Luna, eventId: string, topic: string, userId: string): Promise<CityEvent> {
  const own = luna.feed.ring.toArray().find((event) => event.event_id === eventId);
  if (own !== undefined) {
    return own;
  }
  const filter = /^u\d{7}$/.test(userId) ? `&user_id=${userId}` : "";
  const pages = await Promise.allSettled([
    luna.ask<ChannelPage>(`/admin/streams/history/${topic === "" ? "all" : encodeURIComponent(topic)}?limit=${HELD}${filter}`),
    luna.ask<Story>(`/admin/events/${encodeURIComponent(eventId)}/story`),
  ]);
  const found = pages.flatMap((page) => (page.status === "fulfilled" ? page.value.events : [])).find((event) => event.event_id === eventId);
  if (found === undefined) {
    throw new Error("Neither this page, the gateway’s memory nor the event store has this record");
  }
  return found;
}
