/** Why somebody does what they do: the simulator's own account, as `luna explain` prints it. */
export interface Step {
  readonly source: string;
  readonly target: string;
  readonly change: string;
  readonly factor: number;
}

export interface Account {
  readonly local_time: string | null;
  readonly surroundings: Readonly<Record<string, string>>;
  readonly base: Readonly<Record<string, number>>;
  readonly result: Readonly<Record<string, number>>;
  readonly steps: readonly Step[];
  readonly unknown: readonly string[];
}

type Loose = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Loose => typeof value === "object" && value !== null && !Array.isArray(value);

/** The account in an answer, bare or as the result of an acknowledged command; null where there is none. */
export function accountOf(answer: unknown): Account | null {
  const found = [answer, isRecord(answer) ? answer.result : null, isRecord(answer) ? answer.explanation : null].find((one) => isRecord(one) && isRecord(one.base) && isRecord(one.result));
  if (!isRecord(found)) {
    return null;
  }
  return {
    local_time: typeof found.local_time === "string" ? found.local_time : null,
    surroundings: strings(found.surroundings),
    base: numbers(found.base),
    result: numbers(found.result),
    steps: Array.isArray(found.steps) ? found.steps.filter(isStep) : [],
    unknown: Array.isArray(found.unknown) ? found.unknown.filter((one) => typeof one === "string") : [],
  };
}

const isStep = (value: unknown): value is Step =>
  isRecord(value) && typeof value.source === "string" && typeof value.target === "string" && typeof value.factor === "number";

const numbers = (value: unknown): Record<string, number> =>
  Object.fromEntries(Object.entries(isRecord(value) ? value : {}).filter((pair): pair is [string, number] => typeof pair[1] === "number"));

const strings = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(isRecord(value) ? value : {}).filter((pair): pair is [string, string] => typeof pair[1] === "string"));

export interface Chance {
  readonly action: string;
  readonly base: number;
  readonly now: number;
  /** What moved it most, the strongest first. */
  readonly steps: readonly Step[];
}

/** Likeliest actions first, each with what moved it. */
export function chancesOf({ base, result, steps }: Account, most: number): Chance[] {
  return Object.entries(result)
    .sort(([one, a], [other, b]) => b - a || one.localeCompare(other))
    .slice(0, most)
    .map(([action, now]) => ({
      action,
      now,
      base: base[action] ?? 0,
      steps: steps.filter(({ target, factor }) => target === action && Math.abs(Math.log(Math.max(factor, 1e-9))) > 0.02).sort((one, other) => weight(other) - weight(one)).slice(0, 4),
    }));
}

const weight = ({ factor }: Step): number => Math.abs(Math.log(Math.max(factor, 1e-9)));
