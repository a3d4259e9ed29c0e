/** How long to wait before trying to connect again. */
export interface BackoffPolicy {
  readonly firstMs: number;
  readonly mostMs: number;
  readonly factor: number;
  /** Share of the wait that is random, so that many pages do not return in step. */
  readonly jitter: number;
}

export const RECONNECT: BackoffPolicy = { firstMs: 600, mostMs: 12_000, factor: 1.8, jitter: 0.25 };

/** Wait before attempt `attempt` (0 is the first retry); `chance` is in 0..1. */
export function waitMs(policy: BackoffPolicy, attempt: number, chance: number): number {
  const full = Math.min(policy.mostMs, policy.firstMs * policy.factor ** attempt);
  return Math.round(full * (1 - policy.jitter * chance));
}
