/** Where the page is. Every view and filter stands in the address after the #, since /health and the like are the gateway's own. */
import { Store, useStore, type Schedule } from "./store.ts";

export interface Route {
  readonly view: string;
  /** What follows the view: `#/people/u0000123` has one. */
  readonly rest: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

export type Query = Readonly<Record<string, string | number | null>>;

const HOME = "city";

const atOnce: Schedule = (task) => task();

export function parseHash(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [view = "", ...rest] = path.split("/").filter((part) => part !== "").map(readable);
  return { view: view === "" ? HOME : view, rest, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** An address for a link; what is null or empty stays out of it. */
export function hashOf(view: string, rest: readonly string[] = [], query: Query = {}): string {
  const words = Object.entries(query).filter(([, value]) => value !== null && value !== "");
  const asked = new URLSearchParams(words.map(([name, value]) => [name, String(value)])).toString();
  return `#/${[view, ...rest].map(encodeURIComponent).join("/")}${asked === "" ? "" : `?${asked}`}`;
}

function readable(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const route = new Store<Route>(parseHash(window.location.hash), atOnce);

/** Follows the address from now on. */
export function followAddress(): () => void {
  const follow = () => route.set(parseHash(window.location.hash));
  window.addEventListener("hashchange", follow);
  follow();
  return () => window.removeEventListener("hashchange", follow);
}

/** Another place; the way back leads here. */
export function go(view: string, rest: readonly string[] = [], query: Query = {}): void {
  window.location.hash = hashOf(view, rest, query);
  route.set(parseHash(window.location.hash));
}

/** Filters of this place: they change the address without a step in the history. Null or "" takes one out. */
export function refine(changes: Query): void {
  const { view, rest, query } = route.latest();
  const hash = hashOf(view, rest, { ...query, ...changes });
  window.history.replaceState(window.history.state, "", hash);
  route.set(parseHash(hash));
}

export const useRoute = (): Route => useStore(route, (known) => known);

/** One filter of the address, and how to change it. */
export function useFilter(name: string, usual = ""): readonly [string, (value: string | null) => void] {
  const value = useStore(route, ({ query }) => query[name] ?? usual);
  return [value, (chosen) => refine({ [name]: chosen === usual ? null : chosen })];
}
