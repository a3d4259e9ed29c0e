/** What can be done by key or by the palette. */
import { togglePanel, type PanelName } from "../lib/panels.ts";
import { go } from "../lib/route.ts";
import { saved } from "../lib/saved.ts";
import { toggleFullScreen } from "../lib/screen.ts";
import type { Shortcut } from "../lib/shortcuts.ts";
import { chooseTheme, theme } from "../lib/theme.ts";
import { tourAct } from "../lib/tour.ts";
import type { PaletteCommand } from "../lib/palette.ts";
import type { Luna } from "../lib/luna.ts";
import { VIEWS } from "./views.ts";

const PANELS: readonly { readonly name: PanelName; readonly key: string; readonly title: string }[] = [
  { name: "figures", key: "[", title: "Show or hide the figures" },
  { name: "side", key: "]", title: "Show or hide controls and feed" },
];

const SPEEDS = [60, 120, 600] as const;

const switchTheme = () => chooseTheme(theme.latest() === "dark" ? "light" : "dark");

function pauseOrResume(luna: Luna): void {
  const paused = luna.state.latest()?.phase === "paused";
  luna.control.give({ type: paused ? "resume" : "pause" }, paused ? "resume" : "pause", paused ? "Resume" : "Pause");
}

export const shortcutsOf = (luna: Luna): readonly Shortcut[] => [
  ...VIEWS.map(({ id, title, shortcut }) => ({ key: shortcut, title, run: () => go(id) })),
  { key: " ", title: "Pause or resume", run: () => pauseOrResume(luna) },
  { key: "f", title: "Full screen", run: toggleFullScreen },
  { key: "t", title: "Dark or light", run: switchTheme },
  { key: "g", title: "Guided tour", run: () => tourAct.set(0) },
  ...PANELS.map(({ name, key, title }) => ({ key, title, run: () => togglePanel(name) })),
];

/** They lead to where it is done: a name is needed first, or a second word. */
function timeCommands(): readonly PaletteCommand[] {
  return [
    { id: "snapshot", title: "Take a snapshot", hint: "Keep the whole city as it is now", icon: "plus", run: () => go("control", ["time"]) },
    ...saved.latest().map((name): PaletteCommand => ({
      id: `restore-${name}`, title: `Restore ${name}`, hint: "Go back to this snapshot, once you have confirmed it", icon: "reset", run: () => go("control", ["time"], { snapshot: name }),
    })),
    { id: "restore", title: "Restore a snapshot", hint: "Choose among those that were kept", icon: "reset", run: () => go("control", ["time", "kept"]) },
    { id: "travel", title: "Travel to a time", hint: "Back or ahead in simulated time", icon: "compass", run: () => go("control", ["time", "travel"]) },
    { id: "replay", title: "Replay the past", hint: "Tell stored records again, with progress", icon: "play", run: () => go("control", ["time", "replays"]) },
  ];
}

/** Everything the palette offers before anybody has written a word. */
export function commandsOf(luna: Luna): readonly PaletteCommand[] {
  const { scenarios } = luna.state.latest() ?? { scenarios: [] };
  return [
    ...VIEWS.map(({ id, title, icon, shortcut, hint }) => ({ id: `view-${id}`, title, hint, icon, key: shortcut, run: () => go(id) })),
    { id: "pause", title: "Pause or resume", hint: "Hold simulated time, or let it go on", icon: "pause", key: " ", run: () => pauseOrResume(luna) },
    ...SPEEDS.map((multiplier) => ({
      id: `speed-${multiplier}`, title: `Speed ${multiplier}×`, hint: "How fast simulated time runs", icon: "bolt" as const,
      run: () => luna.control.give({ type: "set_speed", payload: { multiplier } }, "speed", `Speed ${multiplier}×`),
    })),
    ...luna.scenarios.latest().map(({ id, title, description }) => {
      const on = scenarios.some(({ name }) => name === id);
      const run = () => luna.control.give({ type: "set_scenario", payload: { scenario: id, action: on ? "stop" : "start" } }, `scenario-${id}`, `${on ? "Stop" : "Start"} ${title.toLowerCase()}`);
      return { id: `scenario-${id}`, title: `${on ? "Stop" : "Start"} ${title.toLowerCase()}`, hint: description, icon: "play" as const, run };
    }),
    ...timeCommands(),
    { id: "theme", title: "Dark or light", hint: "Switch the theme", icon: "sun", key: "t", run: switchTheme },
    { id: "screen", title: "Full screen", hint: "And back", icon: "expand", key: "f", run: toggleFullScreen },
    ...PANELS.map(({ name, key, title }) => ({ id: `panel-${name}`, title, hint: "", icon: "side" as const, key, run: () => togglePanel(name) })),
    { id: "tour", title: "Guided tour", hint: "Five acts of this city", icon: "compass", key: "g", run: () => tourAct.set(0) },
  ];
}
