/** Land, water, parks and names: drawn once a size. */
import { memo } from "react";
import { cityName } from "../../lib/place.ts";
import type { Geography } from "./geography.ts";

export const BaseMap = memo(function BaseMap({ geography }: { readonly geography: Geography }) {
  const { width, height, paths, names } = geography;
  return (
    <svg className="map-base" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${cityName()} and its parts`}>
      <path className="map-around" d={paths.around} />
      <path className="map-land" d={paths.land} />
      <path className="map-around" d={paths.bayonne} />
      <path className="map-water" d={paths.water} />
      <path className="map-creeks" d={paths.creeks} />
      <path className="map-patch" d={paths.lands} />
      <path className="map-coast" d={paths.coasts} />
      <path className="map-island" d={paths.islands} />
      <path className="map-park" d={paths.parks} />
      {names.map(({ name, x, y, end }) => (
        <text key={name} className={`map-name ${end ? "map-name-end" : ""}`} x={x} y={y}>
          {name}
        </text>
      ))}
    </svg>
  );
});
