/** From degrees to the pixels of this map. */
import { geoMercator, geoPath } from "d3-geo";
import { around, land } from "virtual:boroughs";
import type { Frame } from "./frame.ts";
import type { Land } from "./land.ts";
import { BAYONNE, COASTS, CREEKS, ISLANDS, LANDS, NAMES, PARKS, WATERS, type Line } from "./shores.ts";

export type Project = (longitude: number, latitude: number) => readonly [number, number];

export interface Geography {
  readonly width: number;
  readonly height: number;
  readonly zoom: number;
  readonly project: Project;
  /** Degrees of a point of the map. */
  readonly place: (x: number, y: number) => readonly [number, number];
  /** Pixels of a kilometre. */
  readonly kilometre: number;
  readonly paths: {
    readonly around: string;
    readonly land: string;
    readonly water: string;
    readonly bayonne: string;
    readonly lands: string;
    readonly coasts: string;
    readonly creeks: string;
    readonly islands: string;
    readonly parks: string;
  };
  readonly names: readonly { readonly name: string; readonly x: number; readonly y: number; readonly end: boolean }[];
}

/** A city whose shapes the page does not have: its venues are its map. */
const BARE: Geography["paths"] = { around: "", land: "", water: "", bayonne: "", lands: "", coasts: "", creeks: "", islands: "", parks: "" };

const MARGIN = 10;

const KM_A_DEGREE = 111.2;

export function geographyOf(width: number, height: number, { zoom, at }: Frame, of: Land): Geography {
  const shape = of === "shapes" ? land : { type: "MultiPoint" as const, coordinates: of.corners.map((corner) => [...corner]) };
  const projection = geoMercator().fitExtent([[MARGIN, MARGIN], [width - MARGIN, height - MARGIN]], shape);
  if (zoom > 1) {
    const centre = at ?? projection.invert?.([width / 2, height / 2]) ?? [0, 0];
    projection.scale(projection.scale() * zoom).center([...centre]).translate([width / 2, height / 2]);
  }
  const path = geoPath(projection);
  const project: Project = (longitude, latitude) => projection([longitude, latitude]) ?? [-1000, -1000];
  const lines = (shapes: readonly Line[], end: string) =>
    shapes
      .map((shape) => `M${shape.map(([x, y]) => project(x, y).map((value) => value.toFixed(1)).join(",")).join("L")}${end}`)
      .join("");
  const place = (x: number, y: number) => projection.invert?.([x, y]) ?? ([0, 0] as const);
  const [east, north] = place(width / 2, height / 2);
  return {
    width,
    height,
    zoom,
    project,
    place,
    kilometre: Math.abs(project(east, north)[1] - project(east, north - 0.01)[1]) / (0.01 * KM_A_DEGREE),
    paths: of !== "shapes" ? BARE : {
      around: path(around) ?? "",
      land: path(land) ?? "",
      water: lines(WATERS, "Z"),
      bayonne: lines([BAYONNE], "Z"),
      lands: lines(LANDS, "Z"),
      coasts: lines(COASTS, ""),
      creeks: lines(CREEKS, ""),
      islands: lines(ISLANDS, "Z"),
      parks: lines(PARKS, "Z"),
    },
    names: (of === "shapes" ? NAMES : of.names).map(({ name, at: [longitude, latitude], end = false }: { name: string; at: readonly [number, number]; end?: boolean }) => {
      const [x, y] = project(longitude, latitude);
      return { name, x, y, end };
    }),
  };
}
