/** Where people go. */
import type { Top } from "../../generated/api.ts";
import { Panel } from "../../components/Panel.tsx";
import { Answered, Empty } from "../../components/States.tsx";
import { useAsked } from "../../lib/asked.ts";
import { amount, capital } from "../../lib/format.ts";
import { hashOf, useFilter } from "../../lib/route.ts";
import type { Range } from "./ranges.ts";

const BY = ["views", "saves", "interests", "bookings", "visits", "reviews"];
const SHOWN = 8;

export function TopVenues({ range }: { readonly range: Range }) {
  const [by, setBy] = useFilter("by", "views");
  const chosen = BY.includes(by) ? by : "views";
  const span = range.groupBy === null ? "" : `&time_range=${range.name}`;
  const asked = useAsked<Top>(`/admin/metrics/top?what=venues&by=${chosen}&limit=${SHOWN}${span}`, { everyMs: range.everyMs });
  return (
    <Panel
      title={range.groupBy === null ? "Top venues since the city began" : "Top venues"}
      className="flow-top"
      actions={
        <select className="field" aria-label="Ranked by" value={chosen} onChange={(event) => setBy(event.target.value)}>
          {BY.map((name) => (
            <option key={name} value={name}>{`by ${name}`}</option>
          ))}
        </select>
      }
    >
      <Answered question={asked} what="the top venues">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No favourite yet" words={`${capital(chosen)} count as they happen.`} />
          ) : (
            <ol className="top-list" data-testid="top-venues">
              {items.map(({ id, name, count }) => (
                <li key={id} data-venue={id} data-count={count}>
                  <a href={hashOf("city", [], { venue: id })}>{name ?? id}</a>
                  <i aria-hidden="true">
                    <b style={{ width: `${(100 * count) / Math.max(1, items[0]?.count ?? 1)}%` }} />
                  </i>
                  <span>{amount(count)}</span>
                </li>
              ))}
            </ol>
          )
        }
      </Answered>
    </Panel>
  );
}
