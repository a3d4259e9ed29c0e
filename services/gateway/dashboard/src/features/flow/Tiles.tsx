/** The figures that sum up the span. */
import { Sparkline } from "../../components/Sparkline.tsx";
import { amount, duration, milliseconds, percent } from "../../lib/format.ts";
import type { Bucket, Course, Figures } from "./figures.ts";
import type { Range } from "./ranges.ts";

interface Tile {
  readonly name: string;
  readonly title: string;
  readonly hint: string;
  readonly read: (figures: Figures | Bucket) => number | null;
  readonly print: (value: number | null) => string;
}

const seconds = (value: number | null): string => (value === null ? "–" : duration(value));
const answered = (value: number | null): string => (value === null || value > 10 ? seconds(value) : milliseconds(value * 1000));
const small = (value: number | null): string => (value === null ? "–" : value.toFixed(3));
const tenth = (value: number | null): string => (value === null ? "–" : value.toFixed(1));

const TILES: readonly Tile[] = [
  { name: "events", title: "Events", hint: "All records of the city in this span", read: ({ events }) => events, print: amount },
  { name: "active", title: "Active people", hint: "Who did anything in this span", read: ({ activeUsers }) => activeUsers, print: amount },
  { name: "bookings", title: "Tables asked for", hint: "Requests for a table", read: ({ bookings }) => bookings, print: amount },
  { name: "invites", title: "Invitations", hint: "Invitations sent to friends", read: ({ invites }) => invites, print: amount },
  { name: "visits", title: "Visits", hint: "People who sat down at a table", read: ({ visits }) => visits, print: amount },
  { name: "conversion", title: "Conversion", hint: "Tables asked for per interest expressed; above 100 % where people book without a word of interest first", read: ({ conversion }) => conversion, print: percent },
  { name: "acceptance", title: "Suggestions taken", hint: "Of those that were taken or passed over", read: ({ acceptance }) => acceptance, print: percent },
  { name: "group", title: "Group size", hint: "Mean of the groups formed", read: ({ groupSize }) => groupSize, print: tenth },
  { name: "invite-time", title: "Invites answered in", hint: "Median, simulated time", read: ({ inviteSeconds }) => inviteSeconds, print: seconds },
  { name: "booking-time", title: "Tables answered in", hint: "Median from a request for a table to its answer: live, of the wall clock; over a range, of simulated time, which does not pass while the booking service thinks", read: ({ bookingSeconds }) => bookingSeconds, print: answered },
  { name: "shift", title: "Taste shift", hint: "Mean size of a change of tastes", read: ({ tasteShift }) => tasteShift, print: small },
  { name: "social", title: "Moved by friends", hint: "Share of the change of tastes that friends brought about", read: ({ socialShare }) => socialShare, print: percent },
];

export function Tiles({ course, range }: { readonly course: Course; readonly range: Range }) {
  return (
    <dl className="flow-tiles" aria-label={`Figures, ${range.title}`}>
      {TILES.map((tile) => {
        const value = tile.read(course.total);
        return (
          <div key={tile.name} title={tile.hint} data-testid={`tile-${tile.name}`} data-value={value ?? ""}>
            <dt>{tile.title}</dt>
            <dd>{tile.print(value)}</dd>
            <Sparkline values={course.buckets.slice(-60).map((bucket) => tile.read(bucket))} width={84} height={20} />
          </div>
        );
      })}
    </dl>
  );
}
