/** The recent course of one number, without axes. */
interface Properties {
  readonly values: readonly (number | null)[];
  readonly width?: number;
  readonly height?: number;
}

export function Sparkline({ values, width = 72, height = 22 }: Properties) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) {
    return <svg className="sparkline" width={width} height={height} aria-hidden="true" />;
  }
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const step = width / (values.length - 1);
  const spots = values.flatMap((value, index) => (value === null ? [] : [{ x: (index * step).toFixed(1), y: (height - 2 - ((value - low) / span) * (height - 4)).toFixed(1) }]));
  const points = spots.map(({ x, y }) => `${x},${y}`).join(" ");
  return (
    <svg className="sparkline" width={width} height={height} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <polygon className="sparkline-area" points={`${spots[0]?.x},${height} ${points} ${spots.at(-1)?.x},${height}`} />
      <polyline className="sparkline-line" points={points} />
    </svg>
  );
}
