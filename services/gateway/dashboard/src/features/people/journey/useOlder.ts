/** A person's earlier days: page by page from the event store, or at once from the gateway's memory where there is no store. */
import { useState } from "react";
import type { ChannelPage, JourneyEvents, StoredRecords } from "../../../generated/api.ts";
import { useLuna } from "../../../lib/context.ts";
import type { Luna } from "../../../lib/luna.ts";
import type { CityEvent } from "../../../lib/types.ts";
import { told } from "./timeline.ts";

const TOPICS = ["user_actions", "social_interactions", "bookings", "recommendations"];
const A_PAGE = 500;
const STORED = 200;

type Page = Pick<StoredRecords, "events" | "next_cursor">;

export interface Older {
  readonly older: readonly CityEvent[];
  readonly phase: "more" | "asking" | "all" | "failed";
  readonly ask: () => void;
}

export function useOlder(userId: string): Older {
  const luna = useLuna();
  const [older, setOlder] = useState<readonly CityEvent[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [phase, setPhase] = useState<Older["phase"]>("more");
  const ask = () => {
    setPhase("asking");
    page(luna, userId, cursor).then(
      ({ events, next_cursor }) => {
        setOlder((known) => told(known, events));
        setCursor(next_cursor);
        setPhase(next_cursor === null ? "all" : "more");
      },
      () => setPhase("failed"),
    );
  };
  return { older, phase, ask };
}

async function page(luna: Luna, userId: string, cursor: string | null): Promise<Page> {
  const after = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
  try {
    return await luna.ask<JourneyEvents>(`/admin/journeys/${userId}/events?order=desc&limit=${STORED}${after}`);
  } catch (error) {
    if (cursor !== null) {
      throw error;
    }
    const pages = await Promise.all(TOPICS.map((topic) => luna.ask<ChannelPage>(`/admin/streams/history/${topic}?user_id=${userId}&limit=${A_PAGE}`)));
    return { events: pages.flatMap(({ events }) => events), next_cursor: null };
  }
}
