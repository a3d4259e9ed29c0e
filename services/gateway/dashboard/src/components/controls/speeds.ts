/** Speeds offered; the slider walks along them. */
export const SPEEDS: readonly (number | "max")[] = [1, 5, 15, 60, 120, 300, 600, 1000, "max"];

export const speedTitle = (speed: number | "max"): string => (speed === "max" ? "max" : `${speed}×`);

/** Place on the slider of a running speed, between two of those offered where it is none of them; 0 is as fast as possible. */
export function placeOf(multiplier: number): number {
  if (multiplier === 0) {
    return SPEEDS.length - 1;
  }
  const reached = SPEEDS.findLastIndex((speed) => speed !== "max" && speed <= multiplier);
  const [below, above] = [SPEEDS[reached], SPEEDS[reached + 1]];
  if (typeof below !== "number") {
    return 0;
  }
  if (below === multiplier) {
    return reached;
  }
  return typeof above === "number" ? reached + Math.log(multiplier / below) / Math.log(above / below) : reached + 0.5;
}

/** The offered place that somebody who moves the slider to `value` wants: the next one on that side. */
export const nextPlace = (value: number, from: number): number => (value < from ? Math.floor(value) : Math.ceil(value));
