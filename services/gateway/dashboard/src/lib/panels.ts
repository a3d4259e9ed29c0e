/** Which of the panels beside a view are open; remembered by the browser. */
import { Store } from "./store.ts";

export type PanelName = "figures" | "side" | "controls" | "feed";

export type Panels = Readonly<Record<PanelName, boolean>>;

const KEY = "luna.panels";
const OPEN: Panels = { figures: true, side: true, controls: true, feed: true };

export function readPanels(kept: string | null): Panels {
  try {
    const said = JSON.parse(kept ?? "{}") as Partial<Record<PanelName, unknown>> | null;
    const names = Object.keys(OPEN) as PanelName[];
    return Object.fromEntries(names.map((name) => [name, said?.[name] !== false])) as Panels;
  } catch {
    return OPEN;
  }
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export const panels = new Store<Panels>(readPanels(kept()));

export function togglePanel(name: PanelName): void {
  panels.update((known) => ({ ...known, [name]: !known[name] }));
  try {
    localStorage.setItem(KEY, JSON.stringify(panels.latest()));
  } catch {
    // A page without storage forgets its panels when it is closed.
  }
}
