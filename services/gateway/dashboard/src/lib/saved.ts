/** Names of the snapshots that the city can go back to, as this page was told of them last: by the view Control, or when the palette opened. */
import type { Snapshots } from "../generated/api.ts";
import { Store } from "./store.ts";

export const saved = new Store<readonly string[]>([]);

export const tellSaved = ({ snapshots }: Snapshots): void => saved.set(snapshots.filter(({ restorable }) => restorable).map(({ name }) => name));
