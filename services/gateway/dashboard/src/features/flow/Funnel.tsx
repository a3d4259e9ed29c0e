/** From a look to a review: how many come so far, what share goes on, and how long it takes. */
import type { Funnel as Told, FunnelStep } from "../../generated/api.ts";
import { Panel } from "../../components/Panel.tsx";
import { Answered, Empty } from "../../components/States.tsx";
import { useAsked } from "../../lib/asked.ts";
import { amount, capital, duration, percent, plain } from "../../lib/format.ts";
import type { Range } from "./ranges.ts";

const FAMILIES: Readonly<Record<string, string>> = { browse: "browsing", interest: "browsing", invite: "social", booking: "booking", visit: "dining", review: "review" };

export function Funnel({ range }: { readonly range: Range }) {
  const query = range.groupBy === null ? "" : `?time_range=${range.name}`;
  const asked = useAsked<Told>(`/admin/metrics/funnel${query}`, { everyMs: range.everyMs });
  return (
    <Panel title="Funnel" className="flow-funnel" note={range.groupBy === null ? "people, all that analytics keeps" : `people, ${range.title}`}>
      <Answered question={asked} what="the funnel">
        {({ steps }) =>
          steps.every(({ users }) => users === 0) ? (
            <Empty title="Nobody on the way yet" words="The funnel fills as people look around, get interested and book." />
          ) : (
            <ol className="funnel" data-testid="funnel">
              {steps.map((step) => (
                <FunnelStep key={step.step} step={step} most={Math.max(...steps.map(({ users }) => users))} />
              ))}
            </ol>
          )
        }
      </Answered>
    </Panel>
  );
}

function FunnelStep({ step, most }: { readonly step: FunnelStep; readonly most: number }) {
  const { step: name, users, conversion, continued, median_seconds: median, p90_seconds: slow } = step;
  const onward = continued ?? conversion;
  return (
    <li className={`family-${FAMILIES[name] ?? "browsing"}`} data-testid={`step-${name}`} data-users={users}>
      <span className="funnel-name">{capital(plain(name))}</span>
      <span className="funnel-bar">
        <i style={{ width: `${(100 * users) / Math.max(1, most)}%` }} aria-hidden="true" />
        <b>{amount(users)}</b>
      </span>
      <span className="funnel-words">
        {onward === null ? "begins here" : `${percent(onward)} ${continued === null ? "of the step before" : "go on"}`}
        {median === null ? "" : ` · ${duration(median)}`}
        {slow === null ? "" : `, the slow tenth ${duration(slow)}`}
      </span>
    </li>
  );
}
