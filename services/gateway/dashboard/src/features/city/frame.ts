/** Which part of the city is in view: how near, and around which point. */
export interface Frame {
  readonly zoom: number;
  /** Longitude and latitude of the middle; null is the whole city's. */
  readonly at: readonly [number, number] | null;
}

export const WHOLE: Frame = { zoom: 1, at: null };
const NEAREST = 12;

export const zoomed = (zoom: number): number => Math.min(NEAREST, Math.max(1, zoom));

export function frameOf(zoom: string, at: string): Frame {
  const [longitude = Number.NaN, latitude = Number.NaN] = at.split(",").map(Number);
  const near = Number(zoom);
  return {
    zoom: near > 1 ? zoomed(near) : 1,
    at: near > 1 && Math.abs(longitude) <= 180 && Math.abs(latitude) <= 80 ? [longitude, latitude] : null,
  };
}

export const printFrame = ({ zoom, at }: Frame): { readonly zoom: string | null; readonly at: string | null } =>
  zoom <= 1 || at === null ? { zoom: null, at: null } : { zoom: zoom.toFixed(2), at: at.map((degrees) => degrees.toFixed(4)).join(",") };
