/** Speeds offered; the slider walks along them. */
export const SPEEDS: readonly (number | "max")[] = [1, 5, 15, 60, 120, 300, 600, 1000, "max"];

export const speedTitle = (speed: number | "max"): string => (speed === "max" ? "max" : `${speed}×`);

/** Place on the slider of a running speed; 0 is as fast as possible. */
export function placeOf(multiplier: number): number {
  if (multiplier === 0) {
    return SPEEDS.length - 1;
  }
  const distances = SPEEDS.map((speed) => (speed === "max" ? Number.POSITIVE_INFINITY : Math.abs(Math.log(speed / multiplier))));
  return distances.indexOf(Math.min(...distances));
}
