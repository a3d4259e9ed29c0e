/** One person as the gateway tells it. */
export interface Tastes {
  readonly tastes: Readonly<Record<string, number>>;
  readonly price_tier: number;
  readonly outdoor: number;
  readonly version: number;
  readonly reason: string | null;
  readonly shift: number | null;
}

export interface PersonAnswer {
  readonly user_id: string;
  readonly name: string;
  readonly persona: string | null;
  readonly lifecycle: string | null;
  readonly registered_at: string | null;
  readonly borough: string | null;
  readonly price_tier: number | null;
  readonly openness: number | null;
  readonly group_size: number | null;
  readonly dietary: string | null;
  readonly friend_count: number;
  readonly friend_ids: readonly string[];
  readonly preferences: Tastes | null;
}

/** Tastes that stand out, the strongest first: the further from indifference, the more telling. */
export function strongest(tastes: Readonly<Record<string, number>>, most: number): [string, number][] {
  return Object.entries(tastes)
    .sort(([one, a], [other, b]) => Math.abs(b - INDIFFERENT) - Math.abs(a - INDIFFERENT) || one.localeCompare(other))
    .slice(0, most);
}

/** A taste that nobody has shown yet stands here, on a scale of 0 to 1. */
export const INDIFFERENT = 0.5;
