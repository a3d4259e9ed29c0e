/** What the map shows, as the address says it. */
export const LAYERS = [
  { id: "heat", title: "Activity" },
  { id: "venues", title: "Venues" },
  { id: "bookings", title: "Bookings" },
  { id: "people", title: "People" },
  { id: "events", title: "Events" },
  { id: "weather", title: "Weather" },
] as const;

export type LayerId = (typeof LAYERS)[number]["id"];

/** Off until somebody asks for it: it would hide the venues. */
const USUALLY_OFF: readonly LayerId[] = ["bookings"];

/** Simulated minutes that the heat looks back; 0 is now, glowing and cooling. */
export const WINDOWS = [0, 15, 60, 180, 360, 720, 1440] as const;

export const windowTitle = (minutes: number): string => (minutes === 0 ? "Now" : minutes < 60 ? `Last ${minutes} min` : `Last ${minutes / 60} h`);

/** `+bookings,-people` → which layers are on. */
export function layersOn(text: string): ReadonlySet<LayerId> {
  const on = new Set<LayerId>(LAYERS.map(({ id }) => id).filter((id) => !USUALLY_OFF.includes(id)));
  for (const word of text.split(",")) {
    const layer = LAYERS.find(({ id }) => id === word.slice(1));
    if (layer !== undefined && word.startsWith("-")) {
      on.delete(layer.id);
    } else if (layer !== undefined) {
      on.add(layer.id);
    }
  }
  return on;
}

/** Only what differs from the usual is written. */
export function printLayers(on: ReadonlySet<LayerId>): string {
  return LAYERS.flatMap(({ id }) => {
    const usual = !USUALLY_OFF.includes(id);
    return on.has(id) === usual ? [] : [`${usual ? "-" : "+"}${id}`];
  }).join(",");
}

export function windowOf(text: string): number {
  const minutes = Number(text);
  return WINDOWS.find((known) => known === minutes) ?? 0;
}
