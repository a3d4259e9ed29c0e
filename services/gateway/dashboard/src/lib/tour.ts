/** Which act of the guided tour is on; null when none is. */
import { Store } from "./store.ts";

export const tourAct = new Store<number | null>(null);
