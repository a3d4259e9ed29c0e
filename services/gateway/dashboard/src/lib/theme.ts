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

const colours = new Map<string, string>();

/** A colour of the theme, for canvases, which ask many times a frame: the page's styles are read once for each theme. */
export function token(name: string): string {
  const key = `${current()} ${name}`;
  const known = colours.get(key);
  if (known !== undefined) {
    return known;
  }
  const read = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  if (read !== "") {
    colours.set(key, read); // styles that are still on the way say nothing
  }
  return read;
}
