/** From degrees to the pixels of this map. */
import { geoMercator, geoPath } from "d3-geo";
import { around, land } from "virtual:boroughs";
import { BAYONNE, COASTS, CREEKS, ISLANDS, LANDS, NAMES, PARKS, WATERS, type Line } from "./shores.ts";

export type Project = (longitude: number, latitude: number) => readonly [number, number];

export interface Geography {
  readonly width: number;
  readonly height: number;
  readonly project: Project;
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

const MARGIN = 10;

export function geographyOf(width: number, height: number): Geography {
  const projection = geoMercator().fitExtent([[MARGIN, MARGIN], [width - MARGIN, height - MARGIN]], land);
  const path = geoPath(projection);
  const project: Project = (longitude, latitude) => projection([longitude, latitude]) ?? [-1000, -1000];
  const lines = (shapes: readonly Line[], end: string) =>
    shapes
      .map((shape) => `M${shape.map(([x, y]) => project(x, y).map((value) => value.toFixed(1)).join(",")).join("L")}${end}`)
      .join("");
  return {
    width,
    height,
    project,
    paths: {
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
    names: NAMES.map(({ name, at: [longitude, latitude], end = false }) => {
      const [x, y] = project(longitude, latitude);
      return { name, x, y, end };
    }),
  };
}
