/** The one place that asks the gateway over HTTP. */
import type { ChannelPage, Course, Scenarios, Ticket, Venues } from "../generated/api.ts";
import { keptToken } from "./token.ts";
import type { Acknowledgement, CityEvent, Environment, Scenario, Venue } from "./types.ts";

/** RFC 9457: what went wrong, in the gateway's words. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.name = "ApiError";
    this.status = status;
  }
}

const DEADLINE_MS = 15_000;
/** An order that opens a new telling is acknowledged within 60 s, or the gateway says that it was not. */
const ORDER_DEADLINE_MS = 65_000;
const VENUES_A_PAGE = 1000;

const BASE = "/api/v1";

export type Method = "POST" | "DELETE";

async function get<Answer>(path: string, base = BASE): Promise<Answer> {
  const response = await fetch(`${base}${path}`, { headers: bearer(), signal: AbortSignal.timeout(DEADLINE_MS) });
  if (!response.ok) {
    throw new ApiError(response.status, await problem(response));
  }
  const json = response.headers.get("Content-Type")?.includes("json") === true;
  return (json ? await response.json() : await response.text()) as Answer;
}

/** Credentials of a page that was unlocked. */
function bearer(): Record<string, string> {
  const token = keptToken();
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}

/** A command; the answer comes when the simulator has acknowledged it. */
const order = (path: string, body: object): Promise<Acknowledgement> => write<Acknowledgement>("POST", path, body);

async function write<Answer>(method: Method, path: string, body?: object): Promise<Answer> {
  const told = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = { ...bearer(), ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
  const response = await fetch(`${BASE}${path}`, { method, headers, ...told, signal: AbortSignal.timeout(ORDER_DEADLINE_MS) });
  if (!response.ok) {
    throw new ApiError(response.status, await problem(response));
  }
  return (await response.json()) as Answer;
}

/** Why there is no answer, in words for people. */
export function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return "The gateway did not answer in time";
  }
  if (error instanceof TypeError) {
    return "The gateway cannot be reached";
  }
  return error instanceof Error ? error.message : String(error);
}

async function problem(response: Response): Promise<string> {
  try {
    const body = (await response.json()) as { detail?: string; title?: string; errors?: readonly { readonly message: string }[] };
    const words = body.detail ?? body.title ?? response.statusText;
    const faults = body.errors?.map(({ message }) => message).join("; ") ?? "";
    return faults === "" ? words : `${words}: ${faults}`;
  } catch {
    return response.statusText || `HTTP ${response.status}`;
  }
}

export interface Api {
  /** Any answer under /api/v1, or elsewhere on the gateway; what is not JSON is a string. */
  get<Answer>(path: string, base?: string): Promise<Answer>;
  order(path: string, body: object): Promise<Acknowledgement>;
  /** What is asked of a service other than the simulator; its answer is that service's own. */
  write<Answer>(method: Method, path: string, body?: object): Promise<Answer>;
  venues(): Promise<readonly Venue[]>;
  environment(): Promise<Environment>;
  /** What was counted in the last minutes. */
  course(): Promise<Course>;
  scenarios(): Promise<readonly Scenario[]>;
  /** A ticket that opens one WebSocket or stream, for those who have a token. */
  ticket(token: string): Promise<string>;
  /** Newest events at a venue, newest first. */
  eventsOfVenue(venueId: string, limit: number): Promise<readonly CityEvent[]>;
}

export const api: Api = {
  get,
  order,
  write,
  async venues() {
    const all: Venue[] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Venues = await get<Venues>(`/venues?limit=${VENUES_A_PAGE}${after}`);
      all.push(...page.venues);
      cursor = page.next_cursor;
    } while (cursor !== null);
    return all;
  },
  environment: () => get<Environment>("/environment"),
  course: () => get<Course>("/admin/metrics/course"),
  scenarios: async () => (await get<Scenarios>("/simulation/scenarios")).scenarios,
  async ticket(token) {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch("/api/v1/auth/ticket", { method: "POST", headers, signal: AbortSignal.timeout(DEADLINE_MS) });
    if (!response.ok) {
      throw new ApiError(response.status, await problem(response));
    }
    return ((await response.json()) as Ticket).ticket;
  },
  eventsOfVenue: async (venueId, limit) => {
    const query = `venue_id=${encodeURIComponent(venueId)}&limit=${limit}`;
    return (await get<ChannelPage>(`/admin/streams/history/all?${query}`)).events;
  },
};
