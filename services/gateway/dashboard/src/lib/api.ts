/** The one place that asks the gateway over HTTP. */
import type { CityEvent, Environment, Scenario, Venue } from "./types.ts";

/** RFC 9457: what went wrong, in the gateway's words. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.name = "ApiError";
    this.status = status;
  }
}

const DEADLINE_MS = 8000;
const VENUES_A_PAGE = 1000;

interface VenuePage {
  readonly venues: readonly Venue[];
  readonly next_cursor: string | null;
}

async function get<Answer>(path: string): Promise<Answer> {
  const response = await fetch(`/api/v1${path}`, { signal: AbortSignal.timeout(DEADLINE_MS) });
  if (!response.ok) {
    throw new ApiError(response.status, await problem(response));
  }
  return (await response.json()) as Answer;
}

async function problem(response: Response): Promise<string> {
  try {
    const body = (await response.json()) as { detail?: string; title?: string };
    return body.detail ?? body.title ?? response.statusText;
  } catch {
    return response.statusText || `HTTP ${response.status}`;
  }
}

export interface Api {
  venues(): Promise<readonly Venue[]>;
  environment(): Promise<Environment>;
  scenarios(): Promise<readonly Scenario[]>;
  /** A ticket that opens one WebSocket, for those who have a token. */
  ticket(token: string): Promise<string>;
  /** Newest events at a venue, newest first. */
  eventsOfVenue(venueId: string, limit: number): Promise<readonly CityEvent[]>;
}

export const api: Api = {
  async venues() {
    const all: Venue[] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page: VenuePage = await get<VenuePage>(`/venues?limit=${VENUES_A_PAGE}${after}`);
      all.push(...page.venues);
      cursor = page.next_cursor;
    } while (cursor !== null);
    return all;
  },
  environment: () => get<Environment>("/environment"),
  scenarios: async () => (await get<{ scenarios: readonly Scenario[] }>("/simulation/scenarios")).scenarios,
  async ticket(token) {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch("/api/v1/auth/ticket", { method: "POST", headers, signal: AbortSignal.timeout(DEADLINE_MS) });
    if (!response.ok) {
      throw new ApiError(response.status, await problem(response));
    }
    return ((await response.json()) as { ticket: string }).ticket;
  },
  eventsOfVenue: async (venueId, limit) => {
    const query = `venue_id=${encodeURIComponent(venueId)}&limit=${limit}`;
    return (await get<{ events: readonly CityEvent[] }>(`/admin/streams/history/all?${query}`)).events;
  },
};
