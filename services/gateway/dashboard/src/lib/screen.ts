/** Full screen, where the browser has it. */
import { Store } from "./store.ts";

export const fullScreen = new Store(false);

export function followScreen(): void {
  document.addEventListener("fullscreenchange", () => fullScreen.set(document.fullscreenElement !== null));
}

export function toggleFullScreen(): void {
  const change = document.fullscreenElement === null ? document.documentElement.requestFullscreen() : document.exitFullscreen();
  change.catch(() => fullScreen.set(document.fullscreenElement !== null));
}
