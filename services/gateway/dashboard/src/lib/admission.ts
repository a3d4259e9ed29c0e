/** Addresses of streams for those who were let in: with a ticket where a token is kept. */
import type { Api } from "./api.ts";
import { socketUrl } from "./socket.ts";
import { keptToken } from "./token.ts";

/** For those who may only read; without a ticket the gateway says whether it wants one. */
export function admitted(api: Api, url: string): string | Promise<string> {
  const token = keptToken();
  const ticketed = (ticket: string) => `${url}${url.includes("?") ? "&" : "?"}ticket=${encodeURIComponent(ticket)}`;
  return token === null ? url : api.ticket(token).then(ticketed, () => url);
}

export async function controlAddress(api: Api): Promise<string> {
  const token = keptToken();
  const url = socketUrl("/ws/control");
  return token === null ? url : `${url}?ticket=${encodeURIComponent(await api.ticket(token))}`;
}
