/** Dark or light: the system's wish until somebody chooses. */
import { Store } from "./store.ts";

export type Theme = "dark" | "light";

const KEY = "luna.theme";

/** What `theme.js` has put on the page before the first paint. */
const current = (): Theme => (document.documentElement.dataset.theme === "light" ? "light" : "dark");

export const theme = new Store<Theme>(current());

export function chooseTheme(chosen: Theme): void {
  document.documentElement.dataset.theme = chosen;
  theme.set(chosen);
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // A page without storage keeps its theme until it is closed.
  }
}

/** A colour of the theme, for canvases. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
