/** One person as the gateway tells it. */
export type { Preferences as Tastes, UserDetail as PersonAnswer } from "../../generated/api.ts";

/** Tastes that stand out, the strongest first: the further from indifference, the more telling. */
export function strongest(tastes: Readonly<Record<string, number>>, most: number): [string, number][] {
  return Object.entries(tastes)
    .sort(([one, a], [other, b]) => Math.abs(b - INDIFFERENT) - Math.abs(a - INDIFFERENT) || one.localeCompare(other))
    .slice(0, most);
}

/** A taste that nobody has shown yet stands here, on a scale of 0 to 1. */
export const INDIFFERENT = 0.5;
