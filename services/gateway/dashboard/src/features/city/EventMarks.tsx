/** Crowds on the map: where a special event gathers people, and how far it is felt. */
import { capital, counted, plain, shortTime } from "../../lib/format.ts";
import type { Geography } from "./geography.ts";
import type { SpecialEvent } from "./surroundings.ts";

interface Properties {
  readonly events: readonly SpecialEvent[];
  readonly geography: Geography;
}

export function EventMarks({ events, geography: { width, height, project, kilometre } }: Properties) {
  return (
    <svg className="map-events" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Special events: ${events.map(({ name }) => name).join(", ") || "none"}`}>
      {events.map((event) => {
        const [x, y] = project(event.longitude, event.latitude);
        return <Mark key={event.name} event={event} x={x} y={y} radius={Math.max(9, event.radius_km * kilometre)} right={x > width - 180} />;
      })}
    </svg>
  );
}

function Mark({ event, x, y, radius, right }: { readonly event: SpecialEvent; readonly x: number; readonly y: number; readonly radius: number; readonly right: boolean }) {
  const started = event.phase === "started";
  const words = started ? `until ${shortTime(event.ends_at)}` : `from ${shortTime(event.starts_at)}`;
  return (
    <g className={`event-mark ${started ? "event-on" : ""}`} data-testid="event-mark">
      <title>{`${event.name}: ${capital(plain(event.kind))}, ${counted(event.crowd, "person", "people")}, ${shortTime(event.starts_at)} to ${shortTime(event.ends_at)}`}</title>
      <circle cx={x} cy={y} r={radius} />
      <path d={`M${x} ${y - 5}l1.5 3.4 3.7.4-2.8 2.5.8 3.7-3.2-1.9-3.2 1.9.8-3.7-2.8-2.5 3.7-.4z`} />
      <text x={right ? x - radius - 5 : x + radius + 5} y={y} textAnchor={right ? "end" : "start"}>
        {event.name}
        <tspan x={right ? x - radius - 5 : x + radius + 5} dy="12">
          {words}
        </tspan>
      </text>
    </g>
  );
}
