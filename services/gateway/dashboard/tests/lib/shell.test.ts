import { describe, expect, it, vi } from "vitest";
import { readPanels } from "../../src/lib/panels.ts";
import { found, placesNamed, type PaletteCommand } from "../../src/lib/palette.ts";
import { listenForKeys } from "../../src/lib/shortcuts.ts";
import type { TruthWindow } from "../../src/generated/api.ts";
import { truthBands } from "../../src/lib/truth.ts";
import { agoTicks, cityTicks } from "../../src/components/chart/ticks.ts";
import { hexLines } from "../../src/features/health/bytes.ts";
import { valueOf } from "../../src/features/health/exposition.ts";
import type { Venue } from "../../src/lib/types.ts";

const command = (title: string, hint = ""): PaletteCommand => ({ id: title, title, hint, icon: "map", run: () => undefined });
const press = (target: EventTarget, key: string, more: KeyboardEventInit = {}) => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));

describe("palette", () => {
  it("puts the start of a name before its middle and its hint", () => {
    const titles = found([command("Dark or light"), command("City", "the map of lights"), command("Lights out"), command("Speed")], "light").map(({ title }) => title);
    expect(titles).toEqual(["Lights out", "Dark or light", "City"]);
  });

  it("offers everything before a word is written, and a search for people after it", () => {
    expect(found([command("a"), command("b")], " ")).toHaveLength(2);
    const venue = { venue_id: "v00012", name: "Bar Luce", category: "bar", borough: "Brooklyn" } as Venue;
    expect(placesNamed([venue], "luc").map(({ id }) => id)).toEqual(["v00012", "find-person"]);
    expect(placesNamed([venue], "l")).toEqual([]);
  });
});

describe("keys", () => {
  it("act anywhere but where somebody writes", () => {
    const run = vi.fn();
    const palette = vi.fn();
    const deaf = listenForKeys([{ key: "t", title: "", run }, { key: " ", title: "", run }], palette);
    const field = document.body.appendChild(document.createElement("input"));
    const button = document.body.appendChild(document.createElement("button"));
    press(document.body, "t");
    press(field, "t");
    press(button, " ");
    expect(run).toHaveBeenCalledTimes(1);
    press(field, "k", { ctrlKey: true });
    expect(palette).toHaveBeenCalledTimes(1);
    deaf();
    press(document.body, "t");
    expect(run).toHaveBeenCalledTimes(1);
    field.remove();
    button.remove();
  });
});

describe("panels", () => {
  it("are open unless they were closed, whatever storage holds", () => {
    expect(readPanels('{"side":false,"feed":"x"}')).toEqual({ figures: true, side: false, controls: true, feed: true });
    for (const broken of [null, "", "null", "7", "[", "{"]) {
      expect(readPanels(broken).side).toBe(true);
    }
  });
});

describe("charts", () => {
  it("count wall time back from now", () => {
    expect(agoTicks(0, 60).map(({ text }) => text)).toEqual(["1 min ago", "45 s ago", "30 s ago", "15 s ago", "now"]);
  });

  it("have few words on the city's clock, midnight of New York on days", () => {
    const noon = Date.parse("2026-06-05T16:00:00Z") / 1000;
    expect(cityTicks(noon, noon + 3600).map(({ text }) => text)).toContain("12:30");
    const days = cityTicks(noon, noon + 6 * 86_400);
    expect(days.length).toBeLessThanOrEqual(7);
    expect(days[0]?.text).toBe("Sat, Jun 6");
  });

  it("band a scenario that still holds until now", () => {
    const window = (columns: Partial<TruthWindow>): TruthWindow => ({ cause_id: "c", event_type: "truth.scenario_window", kind: null, name: "lunch_rush", starts_at: "1970-01-01T00:00:10Z", ends_at: null, venue_id: null, ...columns });
    expect(truthBands([window({}), window({ event_type: "truth.red_herring" })], 99)).toEqual([{ scenario: "Lunch rush", from: 10, to: 99 }]);
  });
});

describe("health", () => {
  it("reads a metric over all its series", () => {
    const text = '# HELP a b\nluna_clients{kind="sse"} 2.0\nluna_clients{kind="stream"} 3\nluna_clients_total 9\n';
    expect(valueOf(text, "luna_clients")).toBe(5);
    expect(valueOf(text, "absent")).toBeNull();
  });

  it("shows bytes that are no text as bytes", () => {
    expect(hexLines(Uint8Array.from([0, 76, 117, 110, 97, 255]))).toEqual([{ offset: "0000", hex: "00 4c 75 6e 61 ff", text: "·Luna·" }]);
  });
});
