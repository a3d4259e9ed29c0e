/** The city and what lives in it: near or far, with the layers that somebody chose. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { useLuna } from "../../lib/context.ts";
import { cityName } from "../../lib/place.ts";
import { refine, useFilter } from "../../lib/route.ts";
import { useStore } from "../../lib/store.ts";
import { theme, token } from "../../lib/theme.ts";
import type { CityEvent } from "../../lib/types.ts";
import { BaseMap } from "./BaseMap.tsx";
import { EventMarks } from "./EventMarks.tsx";
import { frameOf } from "./frame.ts";
import { geographyOf } from "./geography.ts";
import { heldAt, ofTheCity } from "./houses.ts";
import { useLand } from "./land.ts";
import { layersOn, windowOf, type LayerId } from "./layers.ts";
import { Legend } from "./Legend.tsx";
import { MapBar } from "./MapBar.tsx";
import { MapState } from "./MapState.tsx";
import { nearestSpot, type Spot } from "./spots.ts";
import type { Stage } from "./stage.ts";
import { trendsOf, type Surroundings } from "./surroundings.ts";
import { useCells } from "./useCells.ts";
import { useGestures } from "./useGestures.ts";
import { useSize } from "./useSize.ts";
import { canvasOf, useStage } from "./useStage.ts";
import { VenueCard, VenueTip } from "./VenueCard.tsx";
import { Sky } from "./weather.ts";
import "./map.css";

interface Properties {
  readonly surroundings: Surroundings | null;
  readonly onInspect: (event: CityEvent) => void;
}

export function CityMap({ surroundings, onInspect }: Properties) {
  const luna = useLuna();
  const root = useRef<HTMLDivElement>(null);
  const size = useSize(root);
  const [zoom] = useFilter("zoom", "1");
  const [at] = useFilter("at");
  const land = useLand();
  const geography = useMemo(() => (size === null || land === null ? null : geographyOf(size.width, size.height, frameOf(zoom, at), land)), [size, zoom, at, land]);
  const stage = useStage(root, geography);
  const [layers] = useFilter("layers");
  const on = useMemo(() => layersOn(layers), [layers]);
  const [heat] = useFilter("heat", "0");
  const [cleared, setCleared] = useState(0);
  const source = useCells(stage, windowOf(heat), on.has("bookings"), cleared);
  const [hovered, setHovered] = useState<Spot | null>(null);
  const [venue] = useFilter("venue");
  useVenues(stage, surroundings, on);
  useSky(root, geography?.width ?? 0, geography?.height ?? 0, on.has("weather"));
  const opened = venue === "" || geography === null ? null : (stage?.spots.find((spot) => spot.venue.venue_id === venue) ?? null);
  const open = (spot: Spot | null) => refine({ venue: spot?.venue.venue_id ?? null });
  const clear = () => {
    stage?.points.clear(Date.parse(luna.state.latest()?.simulation_time ?? "") || 0);
    stage?.coolDown();
    setCleared((times) => times + 1);
  };
  const gestures = useGestures(geography, (x, y) => setHovered(x < 0 ? null : nearestSpot(stage?.spots ?? [], x, y)), () => open(hovered));
  return (
    <section className="panel map-panel" aria-label="Map of the city">
      <div
        ref={root}
        className="map"
        data-testid="map"
        data-pulses="0"
        data-source={source}
        role="application"
        aria-label={`Map of ${cityName()}. Arrow keys walk through venues by popularity, Enter opens one.`}
        tabIndex={0}
        {...gestures}
        onKeyDown={(event) => walk(event, stage, hovered, setHovered, open)}
      >
        {geography === null ? null : <BaseMap geography={geography} />}
        <canvas className={layerClass("map-heat", on.has("heat"))} data-layer="heat" aria-hidden="true" />
        <canvas className={layerClass("map-layer", on.has("bookings"))} data-layer="bookings" aria-hidden="true" />
        <canvas className={layerClass("map-layer", on.has("venues"))} data-layer="venues" aria-hidden="true" />
        <canvas className="map-layer" data-layer="life" aria-hidden="true" />
        {geography === null || surroundings === null || !on.has("events") ? null : <EventMarks events={ofTheCity(surroundings.special_events)} geography={geography} />}
        <canvas className={layerClass("map-layer", on.has("weather"))} data-layer="sky" aria-hidden="true" />
        {hovered === null || opened !== null || stage === null || size === null ? null : (
          <VenueTip spot={hovered} seen={stage.tally.of(hovered.venue.venue_id)} width={size.width} />
        )}
        {opened === null || stage === null || size === null ? null : (
          <VenueCard
            key={opened.venue.venue_id}
            spot={opened}
            seen={stage.tally.of(opened.venue.venue_id)}
            holds={heldAt(surroundings?.special_events ?? [], opened.venue.venue_id)}
            size={size}
            onClose={() => open(null)}
            onInspect={onInspect}
          />
        )}
        <MapState />
      </div>
      <MapBar on={on} geography={geography} minutes={windowOf(heat)} source={source} onClear={clear} />
      <Legend />
    </section>
  );
}

const layerClass = (name: string, on: boolean): string => (on ? name : `${name} map-layer-off`);

function useVenues(stage: Stage | null, surroundings: Surroundings | null, on: ReadonlySet<LayerId>): void {
  const luna = useLuna();
  const directory = useStore(luna.directory, (known) => known);
  useEffect(() => stage?.show(directory.venues, trendsOf(surroundings, directory.venues)), [stage, directory, surroundings]);
  useEffect(() => stage?.choose(on), [stage, on]);
}

/** What falls from the sky falls on the map. */
function useSky(root: RefObject<HTMLDivElement | null>, width: number, height: number, on: boolean): void {
  const luna = useLuna();
  const weather = useStore(luna.weather, (known) => known);
  const shade = useStore(theme, (known) => known);
  const sky = useRef<Sky | null>(null);
  useEffect(() => {
    if (root.current === null) {
      return undefined;
    }
    const made = new Sky(canvasOf(root.current, "sky"), window.matchMedia("(prefers-reduced-motion: reduce)").matches);
    sky.current = made;
    return () => made.stop();
  }, [root]);
  useEffect(() => sky.current?.fit(width, height), [width, height]);
  useEffect(() => sky.current?.show(on ? weather : null, token("browsing")), [weather, on, shade]);
}

function walk(event: KeyboardEvent, stage: Stage | null, hovered: Spot | null, setHovered: (spot: Spot | null) => void, open: (spot: Spot | null) => void): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step !== undefined && stage !== null) {
    const { spots } = stage;
    const place = hovered === null ? -step : spots.findIndex(({ venue }) => venue.venue_id === hovered.venue.venue_id);
    open(null);
    setHovered(spots[(place + step + spots.length) % Math.max(1, spots.length)] ?? null);
    event.preventDefault();
  } else if (event.key === "Enter" && hovered !== null) {
    open(hovered);
  } else if (event.key === "Escape") {
    open(null);
    setHovered(null);
  }
}
