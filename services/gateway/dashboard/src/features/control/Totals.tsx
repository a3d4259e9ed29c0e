/** How much of everything there has been since the first day. */
import { Panel } from "../../components/Panel.tsx";
import { Empty } from "../../components/States.tsx";
import { useLuna } from "../../lib/context.ts";
import { amount, capital, plain } from "../../lib/format.ts";
import { useStore } from "../../lib/store.ts";

const TITLES: Readonly<Record<string, string>> = {
  users: "People", bookings_requested: "Tables asked for", bookings_confirmed: "Tables booked", bookings_declined: "Tables declined",
  recommendations: "Suggestions", recommendations_accepted: "Suggestions followed", preference_updates: "Changes of taste", views: "Venues looked at",
};

export function Totals() {
  const luna = useLuna();
  const totals = useStore(luna.stats, (stats) => stats?.totals);
  return (
    <Panel title="Totals" note="Since the first day">
      {totals === undefined ? (
        <Empty title="Nothing counted yet" words="Totals come with the first figures of the gateway." />
      ) : (
        <dl className="totals">
          {Object.entries(totals).map(([name, value]) => (
            <div key={name}>
              <dt>{TITLES[name] ?? capital(plain(name))}</dt>
              <dd data-testid={`total-${name}`} data-value={value}>
                {amount(value)}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Panel>
  );
}
