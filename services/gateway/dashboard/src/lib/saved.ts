/** Names of the snapshots that this page was told of last, for the palette: asking for them is a command of its own, so it does not. */
import { Store } from "./store.ts";

export const saved = new Store<readonly string[]>([]);
