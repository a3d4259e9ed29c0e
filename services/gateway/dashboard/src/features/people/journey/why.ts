/** Why somebody does what they do: the simulator's own account, as `luna explain` prints it. */
import type { ExplainedStep, Explanation } from "../../../generated/api.ts";

export interface Chance {
  readonly action: string;
  readonly base: number;
  readonly now: number;
  /** What moved it most, the strongest first. */
  readonly steps: readonly ExplainedStep[];
}

/** Likeliest actions first, each with what moved it. */
export function chancesOf({ base, result, steps }: Explanation, most: number): Chance[] {
  return Object.entries(result)
    .sort(([one, a], [other, b]) => b - a || one.localeCompare(other))
    .slice(0, most)
    .map(([action, now]) => ({
      action,
      now,
      base: base[action] ?? 0,
      steps: steps.filter(({ target, factor }) => target === `action.${action}` && Math.abs(Math.log(Math.max(factor, 1e-9))) > 0.02).sort((one, other) => weight(other) - weight(one)).slice(0, 4),
    }));
}

const weight = ({ factor }: ExplainedStep): number => Math.abs(Math.log(Math.max(factor, 1e-9)));
