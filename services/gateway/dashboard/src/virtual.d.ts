declare module "virtual:boroughs" {
  import type { FeatureCollection, Geometry } from "geojson";

  /** The five boroughs, `properties.name` each. */
  export const land: FeatureCollection<Geometry, { name: string }>;
  /** Counties around them. */
  export const around: FeatureCollection<Geometry, { name: string }>;
}
