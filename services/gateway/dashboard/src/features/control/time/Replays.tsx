/** The past told again: one more, those under way with how far they are, and those that are over. */
import { Icon } from "../../../components/Icon.tsx";
import { Panel } from "../../../components/Panel.tsx";
import { Empty } from "../../../components/States.tsx";
import { capital, plain, speed } from "../../../lib/format.ts";
import { moment, recordsOf, shareOf, stateOf, type Replay } from "./moments.ts";
import type { Rights } from "./rights.ts";
import { StartReplay } from "./StartReplay.tsx";
import { Told } from "./Told.tsx";
import { useReplayOrders, useReplays, type Ordering } from "./useReplays.ts";

export function Replays({ rights: { steering } }: { readonly rights: Rights }) {
  const question = useReplays();
  const orders = useReplayOrders(question.again);
  return (
    <Panel title="Replays" note="Newest first">
      <StartReplay orders={orders} refusal={steering} />
      <div role="alert">
        {orders.fault === "" ? null : (
          <p className="ack ack-refused" data-testid="replay-fault">
            <Icon name="alert" />
            <span>{orders.fault}</span>
          </p>
        )}
      </div>
      <Told question={question} what="the replays">
        {({ replays }) =>
          replays.length === 0 ? (
            <Empty title="No replays yet" words="Choose a stretch of simulated time above; what happened then is told again from the event store." />
          ) : (
            <ul className="saved-list" aria-label="Replays" tabIndex={0} data-testid="replays">
              {replays.map((replay) => (
                <OneReplay key={replay.replay_id} replay={replay} orders={orders} refusal={steering} />
              ))}
            </ul>
          )
        }
      </Told>
    </Panel>
  );
}

function OneReplay({ replay, orders, refusal }: { readonly replay: Replay; readonly orders: Ordering; readonly refusal: string }) {
  const range = `${moment(replay.from)} to ${moment(replay.to)}`;
  const share = Math.round(shareOf(replay) * 100);
  const topics = replay.topics.map((topic) => capital(plain(topic))).join(", ");
  const running = replay.status === "running";
  return (
    <li className="saved" data-testid={`replay-${replay.replay_id}`} data-status={replay.status}>
      <div className="saved-words">
        <b>{range}</b>
        <small>{`${speed(replay.speed === "max" ? 0 : replay.speed)} · ${topics}`}</small>
        <span className={replay.status === "failed" ? "time-fault" : ""}>{stateOf(replay)}</span>
        {running ? (
          <div className="replay-way" role="progressbar" aria-label={`Replay of ${range}`} aria-valuenow={share} aria-valuemin={0} aria-valuemax={100}>
            <div style={{ transform: `scaleX(${share / 100})` }} />
          </div>
        ) : null}
      </div>
      {replay.told === 0 ? null : (
        <a className="replay-records" href={recordsOf(replay)} data-testid={`replay-records-${replay.replay_id}`}>
          Its records
          <span className="unseen">, of the replay of {range}</span>
        </a>
      )}
      {running ? (
        <button type="button" className="button" data-testid={`replay-stop-${replay.replay_id}`} disabled={refusal !== "" || orders.busy} aria-busy={orders.busy} onClick={() => orders.stop(replay)}>
          <Icon name="stop" />
          Stop
          <span className="unseen"> the replay of {range}</span>
        </button>
      ) : null}
    </li>
  );
}
