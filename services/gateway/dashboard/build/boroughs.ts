/** Cuts New York and its neighbours out of us-atlas when the page is built, so that 5 kB travel instead of 840. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { Plugin } from "vite";

const NAME = "virtual:boroughs";
const RESOLVED = `\0${NAME}`;

/** FIPS codes of the five boroughs. */
const BOROUGHS: Readonly<Record<string, string>> = {
  "36005": "Bronx",
  "36047": "Brooklyn",
  "36061": "Manhattan",
  "36081": "Queens",
  "36085": "Staten Island",
};

/** Counties around them, drawn faintly: the city does not float. */
const NEIGHBOURS = new Set(["34003", "34013", "34017", "34023", "34025", "34031", "34039", "36059", "36087", "36119"]);

type Counties = Topology<{ counties: GeometryCollection }>;

function cut(): string {
  const path = createRequire(import.meta.url).resolve("us-atlas/counties-10m.json");
  const atlas = JSON.parse(readFileSync(path, "utf8")) as Counties;
  const { counties } = atlas.objects;
  const pick = (wanted: (id: string) => boolean) =>
    feature(atlas, {
      type: "GeometryCollection",
      geometries: counties.geometries
        .filter(({ id }) => typeof id === "string" && wanted(id))
        .map((county) => ({ ...county, properties: { name: BOROUGHS[String(county.id)] ?? "" } })),
    });
  const land = pick((id) => id in BOROUGHS);
  const around = pick((id) => NEIGHBOURS.has(id));
  return `export const land = ${JSON.stringify(land)};\nexport const around = ${JSON.stringify(around)};\n`;
}

export function boroughs(): Plugin {
  return {
    name: "luna-boroughs",
    resolveId: (source) => (source === NAME ? RESOLVED : undefined),
    load: (id) => (id === RESOLVED ? cut() : undefined),
  };
}
