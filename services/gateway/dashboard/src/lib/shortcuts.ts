/** Keys that work anywhere on the page, unless somebody is writing. */
export interface Shortcut {
  readonly key: string;
  readonly title: string;
  readonly run: () => void;
}

export const PALETTE_KEY = "k";

const writing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=range]):not([type=checkbox]), textarea, select"));

const pressing = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.matches("button, a, summary, input, [role=slider], [role=application]");

const modal = (): boolean => document.querySelector("dialog[open]") !== null;

/** `palette` also opens with Ctrl or Command, and from within a field. */
export function listenForKeys(shortcuts: readonly Shortcut[], palette: () => void): () => void {
  const heed = (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === PALETTE_KEY) {
      event.preventDefault();
      palette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target) || modal()) {
      return;
    }
    const wanted = shortcuts.find(({ key }) => key === event.key);
    if (wanted === undefined || (event.key === " " && pressing(event.target))) {
      return;
    }
    event.preventDefault();
    wanted.run();
  };
  window.addEventListener("keydown", heed);
  return () => window.removeEventListener("keydown", heed);
}

/** How a key is written on the page. */
export const keyName = (key: string): string => (key === " " ? "Space" : key.toUpperCase());
