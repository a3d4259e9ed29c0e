/** What the map shows and of when: layers, the window of the heat, near and far. */
import { Icon } from "../../components/Icon.tsx";
import { refine } from "../../lib/route.ts";
import { WHOLE, printFrame, type Frame } from "./frame.ts";
import type { Geography } from "./geography.ts";
import { LAYERS, WINDOWS, printLayers, windowTitle, type LayerId } from "./layers.ts";
import type { CellSource } from "./useCells.ts";
import { nearer } from "./useGestures.ts";
import type { CSSProperties } from "react";

interface Properties {
  readonly on: ReadonlySet<LayerId>;
  readonly geography: Geography | null;
  readonly minutes: number;
  readonly source: CellSource;
  readonly onClear: () => void;
}

const SOURCES: Readonly<Record<CellSource, string>> = {
  glow: "It glows where something happens, and cools.",
  analytics: "As analytics counted it.",
  page: "As far as this page has seen it.",
};

const NEARER = 1.6;

export function MapBar({ on, geography, minutes, source, onClear }: Properties) {
  return (
    <div className="map-bar">
      <div className="map-heatbar">
        <label htmlFor="heat-window">Activity</label>
        <input
          id="heat-window"
          data-testid="heat-window"
          type="range"
          className="slider"
          min={0}
          max={WINDOWS.length - 1}
          step={1}
          value={WINDOWS.findIndex((known) => known === minutes)}
          style={{ "--share": WINDOWS.findIndex((known) => known === minutes) / (WINDOWS.length - 1) } as CSSProperties}
          aria-valuetext={windowTitle(minutes)}
          onChange={(event) => refine({ heat: WINDOWS[Number(event.target.value)] ?? null })}
        />
        <output htmlFor="heat-window" title={SOURCES[source]}>
          {windowTitle(minutes)}
        </output>
        <button type="button" className="button button-quiet" data-testid="heat-clear" onClick={onClear}>
          Clear
        </button>
      </div>
      <Switches on={on} />
      <Zoom geography={geography} />
    </div>
  );
}

function Switches({ on }: { readonly on: ReadonlySet<LayerId> }) {
  const toggle = (id: LayerId) => {
    const next = new Set(on);
    if (!next.delete(id)) {
      next.add(id);
    }
    refine({ layers: printLayers(next) });
  };
  return (
    <div className="map-switches" role="group" aria-label="Layers of the map">
      {LAYERS.map(({ id, title }) => (
        <button key={id} type="button" className="map-switch" aria-pressed={on.has(id)} data-testid={`layer-${id}`} onClick={() => toggle(id)}>
          {title}
        </button>
      ))}
    </div>
  );
}

function Zoom({ geography }: { readonly geography: Geography | null }) {
  const show = (frame: Frame) => refine({ ...printFrame(frame) });
  return (
    <div className="map-zoom" role="group" aria-label="Near and far">
      <button type="button" className="button button-quiet icon-button" aria-label="Nearer" data-testid="map-nearer" onClick={() => (geography === null ? undefined : show(nearer(geography, NEARER)))}>
        <Icon name="plus" />
      </button>
      <button type="button" className="button button-quiet icon-button" aria-label="Farther" disabled={geography === null || geography.zoom <= 1} onClick={() => (geography === null ? undefined : show(nearer(geography, 1 / NEARER)))}>
        <Icon name="minus" />
      </button>
      <button type="button" className="button button-quiet icon-button" aria-label="The whole city" disabled={geography === null || geography.zoom <= 1} onClick={() => show(WHOLE)}>
        <Icon name="shrink" />
      </button>
    </div>
  );
}
