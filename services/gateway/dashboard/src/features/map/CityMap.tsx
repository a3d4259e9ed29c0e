/** The five boroughs and what lives in them. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useLuna } from "../../lib/context.ts";
import { useStore } from "../../lib/store.ts";
import { theme } from "../../lib/theme.ts";
import type { CityEvent } from "../../lib/types.ts";
import { BaseMap } from "./BaseMap.tsx";
import { geographyOf } from "./geography.ts";
import { Legend } from "./Legend.tsx";
import { MapState } from "./MapState.tsx";
import { Stage, type Spot } from "./stage.ts";
import { useSize } from "./useSize.ts";
import { VenueCard, VenueTip } from "./VenueCard.tsx";
import "./map.css";

interface Properties {
  readonly onInspect: (event: CityEvent) => void;
}

export function CityMap({ onInspect }: Properties) {
  const root = useRef<HTMLDivElement>(null);
  const size = useSize(root);
  const geography = useMemo(() => (size === null ? null : geographyOf(size.width, size.height)), [size]);
  const stage = useStage(root, geography);
  const [hovered, setHovered] = useState<Spot | null>(null);
  const [opened, setOpened] = useState<Spot | null>(null);
  const pointed = ({ clientX, clientY, currentTarget }: PointerEvent) => {
    const box = currentTarget.getBoundingClientRect();
    return stage?.nearest(clientX - box.left, clientY - box.top) ?? null;
  };
  return (
    <section className="panel map-panel" aria-label="Map of the city">
      <div
        ref={root}
        className="map"
        data-testid="map"
        data-pulses="0"
        role="application"
        aria-label="Map of New York. Arrow keys walk through venues by popularity, Enter opens one."
        tabIndex={0}
        onPointerMove={(event) => setHovered(pointed(event))}
        onPointerLeave={() => setHovered(null)}
        onPointerUp={(event) => {
          if (event.target instanceof Element && event.target.closest(".venue-card") === null) {
            setOpened(pointed(event));
          }
        }}
        onKeyDown={(event) => walk(event, stage, hovered, setHovered, setOpened)}
      >
        {geography === null ? null : <BaseMap geography={geography} />}
        <canvas className="map-heat" data-layer="heat" aria-hidden="true" />
        <canvas className="map-layer" data-layer="venues" aria-hidden="true" />
        <canvas className="map-layer" data-layer="life" aria-hidden="true" />
        {hovered === null || opened !== null || stage === null || size === null ? null : (
          <VenueTip spot={hovered} seen={stage.tally.of(hovered.venue.venue_id)} width={size.width} />
        )}
        {opened === null || stage === null || size === null ? null : (
          <VenueCard key={opened.venue.venue_id} spot={opened} seen={stage.tally.of(opened.venue.venue_id)} size={size} onClose={() => setOpened(null)} onInspect={onInspect} />
        )}
        <MapState />
      </div>
      <Legend />
    </section>
  );
}

function walk(
  event: KeyboardEvent,
  stage: Stage | null,
  hovered: Spot | null,
  setHovered: (spot: Spot | null) => void,
  setOpened: (spot: Spot | null) => void,
): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step !== undefined && stage !== null) {
    const spots = stage.ranked();
    const place = hovered === null ? -step : spots.indexOf(hovered);
    setOpened(null);
    setHovered(spots[(place + step + spots.length) % Math.max(1, spots.length)] ?? null);
    event.preventDefault();
  } else if (event.key === "Enter" && hovered !== null) {
    setOpened(hovered);
  } else if (event.key === "Escape") {
    setOpened(null);
    setHovered(null);
  }
}

function layer(root: HTMLElement, name: string): HTMLCanvasElement {
  const canvas = root.querySelector<HTMLCanvasElement>(`canvas[data-layer="${name}"]`);
  if (canvas === null) {
    throw new Error(`the map has no layer ${name}`);
  }
  return canvas;
}

/** A stage that hears the city, follows the theme and fits the place it has. */
function useStage(root: React.RefObject<HTMLDivElement | null>, geography: ReturnType<typeof geographyOf> | null): Stage | null {
  const luna = useLuna();
  const [stage, setStage] = useState<Stage | null>(null);
  const directory = useStore(luna.directory, (known) => known);
  const shade = useStore(theme, (known) => known);
  useEffect(() => {
    const element = root.current;
    if (element === null) {
      return undefined;
    }
    const made = new Stage({ root: element, heat: layer(element, "heat"), venues: layer(element, "venues"), life: layer(element, "life") }, luna.people);
    const deaf = luna.onEvents((events) => made.hear(events));
    const forgotten = luna.onRestart(() => made.clear());
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the stage needs the canvases, which exist only now
    setStage(made);
    return () => {
      deaf();
      forgotten();
      made.stop();
    };
  }, [luna, root]);
  useEffect(() => {
    if (stage !== null && geography !== null) {
      stage.lay(geography);
    }
  }, [stage, geography]);
  useEffect(() => stage?.show(directory.venues), [stage, directory]);
  useEffect(() => stage?.recolour(), [stage, shade]);
  return stage;
}
