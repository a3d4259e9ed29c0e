/** Each part of the city: whether it was heard lately, and how many records it has yet to read. */
import { Icon } from "../../components/Icon.tsx";
import { Panel } from "../../components/Panel.tsx";
import { Sparkline } from "../../components/Sparkline.tsx";
import { Loading } from "../../components/States.tsx";
import { useAsked } from "../../lib/asked.ts";
import { useLuna } from "../../lib/context.ts";
import { amount, capital, counted } from "../../lib/format.ts";
import { useSamples } from "../../lib/rates.ts";
import { useStore } from "../../lib/store.ts";

interface Health {
  readonly kafka?: { readonly status: string; readonly cluster?: string | null };
  readonly database?: { readonly status: string; readonly detail?: string };
}

const EVERY_MS = 5000;
const BEHIND = 5000;

export function Services() {
  const luna = useLuna();
  const services = useStore(luna.stats, (stats) => stats?.services);
  const lag = useStore(luna.stats, (stats) => stats?.lag);
  return (
    <Panel title="Services" className="health-wide" note="They talk over topics only">
      {services === undefined ? (
        <Loading title="Listening for heartbeats" words="Every service is heard each five seconds." />
      ) : (
        <ul className="services">
          {Object.entries(services).map(([name, { alive, last_heartbeat_seconds, instances }]) => (
            <li key={name} data-testid={`service-${name}`} data-alive={alive}>
              <Mark fine={alive} />
              <b>{capital(name)}</b>
              <span>{alive ? counted(instances, "instance", "instances") : "Not heard"}</span>
              <span>{heardWords(last_heartbeat_seconds)}</span>
              <Lag name={name} records={lag?.[name] ?? 0} />
            </li>
          ))}
          <Surroundings />
        </ul>
      )}
    </Panel>
  );
}

function heardWords(seconds: number | null): string {
  if (seconds === null) {
    return "never heard";
  }
  return seconds < 1 ? "heard just now" : `heard ${amount(Math.round(seconds))} s ago`;
}

function Mark({ fine }: { readonly fine: boolean }) {
  return (
    <span className={`mark ${fine ? "mark-fine" : "mark-bad"}`}>
      <Icon name={fine ? "check" : "alert"} />
    </span>
  );
}

function Lag({ name, records }: { readonly name: string; readonly records: number }) {
  const samples = useSamples();
  return (
    <span className={`lag ${records > BEHIND ? "lag-behind" : ""}`}>
      <Sparkline values={samples.slice(-60).map(({ stats }) => stats.lag[name] ?? null)} width={64} height={18} />
      <span data-testid={`lag-${name}`}>{records === 0 ? "up to date" : `${amount(records)} behind`}</span>
    </span>
  );
}

/** What the services stand on, as the gateway sees it, and the gateway itself. */
function Surroundings() {
  const luna = useLuna();
  const asked = useAsked<Health>("/health", { base: "", everyMs: EVERY_MS });
  const link = useStore(luna.streamLink, ({ kind }) => kind === "open");
  const clients = useStore(luna.stats, (stats) => Object.values(stats?.clients ?? {}).reduce((sum, number) => sum + number, 0));
  const health = asked.status === "ready" && asked.stale === "" ? asked.answer : null;
  const words = asked.status === "loading" ? "asking" : "does not answer";
  return (
    <>
      <li data-testid="service-gateway" data-alive={link}>
        <Mark fine={link} />
        <b>Gateway</b>
        <span>{link ? counted(clients, "client", "clients") : "Not connected"}</span>
        <span>serves this page</span>
        <span />
      </li>
      <li data-testid="service-kafka" data-alive={health?.kafka?.status === "ok"}>
        <Mark fine={health?.kafka?.status === "ok"} />
        <b>Kafka</b>
        <span>{health?.kafka?.status ?? words}</span>
        <span>{health?.kafka?.cluster == null ? "" : <>cluster <code className="mono">{health.kafka.cluster}</code></>}</span>
        <span />
      </li>
      <li data-testid="service-database" data-alive={health?.database?.status === "ok"}>
        <Mark fine={health?.database?.status === "ok"} />
        <b>Database</b>
        <span>{health?.database?.status ?? words}</span>
        <span>{health?.database?.detail ?? ""}</span>
        <span />
      </li>
    </>
  );
}
