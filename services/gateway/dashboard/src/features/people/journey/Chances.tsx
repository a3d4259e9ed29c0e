/** What this person is likely to do now, and what makes it so. */
import type { Explanation } from "../../../generated/api.ts";
import { Panel } from "../../../components/Panel.tsx";
import { Answered } from "../../../components/States.tsx";
import { useAsked } from "../../../lib/asked.ts";
import { capital, plain } from "../../../lib/format.ts";
import { chancesOf, type Chance } from "./why.ts";

const SHOWN = 6;

export function Chances({ userId }: { readonly userId: string }) {
  const asked = useAsked<Explanation>(`/admin/explain/${userId}`, { everyMs: 30_000 });
  return (
    <Panel title="Why they act as they do" className="journey-why" note="chances now, against the usual">
      <Answered question={asked} what="the simulator's account">
        {(account) => <Told account={account} />}
      </Answered>
    </Panel>
  );
}

function Told({ account }: { readonly account: Explanation }) {
  const around = Object.entries(account.surroundings).filter(([, value]) => value !== "None").map(([name, value]) => `${plain(name)}: ${plain(value)}`);
  return (
    <div className="why" data-testid="why">
      {around.length === 0 ? null : <p className="why-around">{around.join(" · ")}</p>}
      <ol>
        {chancesOf(account, SHOWN).map((chance) => (
          <Likely key={chance.action} chance={chance} />
        ))}
      </ol>
      {account.unknown.length === 0 ? null : <p className="why-around">{`Not known from here: ${account.unknown.map(plain).join(", ")}.`}</p>}
    </div>
  );
}

const share = (value: number): string => `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;

function Likely({ chance }: { readonly chance: Chance }) {
  const { action, base, now, steps } = chance;
  return (
    <li>
      <p>
        <strong>{capital(plain(action))}</strong>
        <span>{share(now)}</span>
        <small>{`usually ${share(base)}`}</small>
      </p>
      <i aria-hidden="true" className="why-bar">
        <b style={{ width: `${Math.min(100, now * 100)}%` }} />
        <u style={{ left: `${Math.min(100, base * 100)}%` }} />
      </i>
      {steps.length === 0 ? null : (
        <ul>
          {steps.map(({ source, change, factor }) => (
            <li key={`${source}${change}`} className={factor >= 1 ? "why-up" : "why-down"}>
              {`${plain(source)} ×${factor.toFixed(2)}`}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
