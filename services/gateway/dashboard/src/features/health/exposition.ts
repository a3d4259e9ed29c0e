/** Numbers out of Prometheus' text format. */

/** Sum over all series of a metric; null where there is none. */
export function valueOf(text: string, metric: string): number | null {
  let sum: number | null = null;
  for (const line of text.split("\n")) {
    const name = /^[A-Za-z_:][\w:]*/.exec(line)?.[0];
    const value = Number(line.slice(line.lastIndexOf(" ") + 1));
    if (name === metric && Number.isFinite(value)) {
      sum = (sum ?? 0) + value;
    }
  }
  return sum;
}

const MEGA = 1024 * 1024;

export const megabytes = (bytes: number | null): string => (bytes === null ? "–" : `${Math.round(bytes / MEGA)} MB`);
