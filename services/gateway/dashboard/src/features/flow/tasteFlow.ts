/** How much tastes move and how much of it friends brought about, by bucket: told by analytics each hour, else from the rows the gateway holds. */
import type { FigureBucket } from "../../generated/api.ts";
import type { CityEvent } from "../../lib/types.ts";
import type { Course } from "./figures.ts";

export interface TasteBucket {
  readonly changes: number;
  /** Sum of the sizes of all changes, and of those that friends brought about. */
  readonly moved: number;
  readonly social: number;
}

/** By the start of a bucket, in seconds. */
export type TasteFlow = ReadonlyMap<number, TasteBucket>;

const SOCIAL = /social|friend|influence/;

export function tastesOfRows(rows: readonly CityEvent[], width: number): TasteFlow {
  const buckets = new Map<number, TasteBucket>();
  for (const { simulation_time, shift, reason } of rows) {
    if (shift !== undefined) {
      const at = Math.floor(Date.parse(simulation_time) / 1000 / width) * width;
      const known = buckets.get(at) ?? { changes: 0, moved: 0, social: 0 };
      buckets.set(at, { changes: known.changes + 1, moved: known.moved + shift, social: known.social + (SOCIAL.test(reason ?? "") ? shift : 0) });
    }
  }
  return buckets;
}

/** Hours that analytics has closed: `preference_shift` in total and by cause. */
export function tastesTold(buckets: readonly FigureBucket[]): TasteFlow {
  return new Map(
    buckets.flatMap(({ start, figures }): [number, TasteBucket][] => {
      const shifts = figures.filter(({ metric }) => metric === "preference_shift");
      const total = shifts.find(({ dimension }) => dimension === null);
      if (total?.count === null || total?.value === null || total === undefined) {
        return [];
      }
      const social = shifts.filter(({ dimension, dimension_value }) => dimension === "cause" && SOCIAL.test(dimension_value ?? "")).reduce((sum, { value }) => sum + (value ?? 0), 0);
      return [[Date.parse(start) / 1000, { changes: total.count, moved: total.value, social }]];
    }),
  );
}

const none: TasteBucket = { changes: 0, moved: 0, social: 0 };

const shown = ({ changes, moved, social }: TasteBucket): { readonly tasteShift: number | null; readonly socialShare: number | null } => ({
  tasteShift: changes === 0 ? null : moved / changes,
  socialShare: moved === 0 ? null : social / moved,
});

/** The course with its tastes; what analytics said in its own figures stays. */
export function withTastes(course: Course, flow: TasteFlow): Course {
  const buckets = course.buckets.map((bucket) => {
    const { tasteShift, socialShare } = shown(flow.get(bucket.at) ?? none);
    return { ...bucket, tasteShift: bucket.tasteShift ?? tasteShift, socialShare: bucket.socialShare ?? socialShare };
  });
  const inside = course.buckets.map(({ at }) => flow.get(at) ?? none);
  const all = inside.reduce((sum, one) => ({ changes: sum.changes + one.changes, moved: sum.moved + one.moved, social: sum.social + one.social }), none);
  const { tasteShift, socialShare } = shown(all);
  return { ...course, buckets, total: { ...course.total, tasteShift: course.total.tasteShift ?? tasteShift, socialShare: course.total.socialShare ?? socialShare } };
}
