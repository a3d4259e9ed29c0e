/** The story of an event: from the event store, else from what the gateway and this page still hold. */
import { useEffect, useState } from "react";
import type { ChannelPage, Story as Told } from "../../generated/api.ts";
import type { Asked } from "../../lib/asked.ts";
import { reasonOf } from "../../lib/api.ts";
import { useLuna } from "../../lib/context.ts";
import type { Luna } from "../../lib/luna.ts";
import type { CityEvent } from "../../lib/types.ts";
import { inOrder, storyOf, type Chapter } from "./story.ts";

export interface Story {
  readonly chapters: readonly Chapter[];
  readonly source: "store" | "memory";
}

const TOPICS = ["user_actions", "bookings", "social_interactions", "recommendations", "system_metrics"];
const HELD = 500;

export function useStory(event: CityEvent): Asked<Story> {
  const luna = useLuna();
  const [known, setKnown] = useState<{ readonly id: string; readonly asked: Asked<Story> }>({ id: event.event_id, asked: { status: "loading" } });
  useEffect(() => {
    let wanted = true;
    told(luna, event).then(
      (story) => wanted && setKnown({ id: event.event_id, asked: { status: "ready", answer: story, stale: "" } }),
      (error: unknown) => wanted && setKnown({ id: event.event_id, asked: { status: "failed", reason: reasonOf(error), code: null } }),
    );
    return () => {
      wanted = false;
    };
  }, [luna, event]);
  return known.id === event.event_id ? known.asked : { status: "loading" };
}

async function told(luna: Luna, event: CityEvent): Promise<Story> {
  try {
    const { events } = await luna.ask<Told>(`/admin/events/${event.event_id}/story`);
    return { chapters: inOrder(events, event), source: "store" };
  } catch {
    return { chapters: storyOf(await around(luna, event), event), source: "memory" };
  }
}

/** Records of the person, and whatever this page has. */
async function around(luna: Luna, { user_id }: CityEvent): Promise<CityEvent[]> {
  const held = luna.feed.ring.toArray();
  if (user_id === undefined) {
    return held;
  }
  const pages = await Promise.all(TOPICS.map((topic) => luna.ask<ChannelPage>(`/admin/streams/history/${topic}?user_id=${user_id}&limit=${HELD}`)));
  return [...held, ...pages.flatMap(({ events }) => events)];
}
