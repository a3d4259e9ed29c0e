/** Who would get on: pairs the recommender proposes as they come, or one person's best matches. */
import { useEffect, useState } from "react";
import type { ChannelPage, PersonMatch } from "../../generated/api.ts";
import { Panel } from "../../components/Panel.tsx";
import { PersonLink } from "../../components/Person.tsx";
import { Answered, Empty } from "../../components/States.tsx";
import { useAsked } from "../../lib/asked.ts";
import { useLuna } from "../../lib/context.ts";
import { hashOf } from "../../lib/route.ts";
import { newestPairs, reasonsOf, type Match, type Pairing } from "./matches.ts";

const KEPT = 24;
const SHOWN = 8;

export function Score({ score }: { readonly score: number }) {
  const share = Math.round(Math.max(0, Math.min(1, score)) * 100);
  return (
    <span className="match-score">
      <i aria-hidden="true">
        <b style={{ width: `${share}%` }} />
      </i>
      {share} %
    </span>
  );
}

function Reasons({ match }: { readonly match: Match }) {
  const reasons = reasonsOf(match);
  return reasons.length === 0 ? null : (
    <ul className="match-reasons">
      {reasons.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
    </ul>
  );
}

export function Matches() {
  const luna = useLuna();
  const past = useAsked<ChannelPage>("/admin/streams/history/recommendations?limit=600");
  const [live, setLive] = useState<readonly Pairing[]>([]);
  useEffect(() => luna.onEvents((events) => setLive((known) => newestPairs(known, events, KEPT))), [luna]);
  useEffect(() => luna.onRestart(() => setLive([])), [luna]);
  return (
    <Panel title="Would get on" note="newest proposals of the recommender" className="people-matches">
      <Answered question={past} what="the matches">
        {({ events }) => {
          const pairs = newestPairs(live, events, KEPT).slice(0, SHOWN);
          return pairs.length === 0 ? (
            <Empty title="No match yet" words="Pairs appear when people look at what friends are up to." />
          ) : (
            <ol className="match-list" data-testid="matches">
              {pairs.map((pair) => (
                <li key={`${pair.user_id}-${pair.other_user_id}`}>
                  <p className="match-pair">
                    <a href={hashOf("people", [pair.user_id])}>{pair.user_name}</a>
                    {" and "}
                    <a href={hashOf("people", [pair.other_user_id])}>{pair.name ?? pair.other_user_id}</a>
                    <Score score={pair.score} />
                  </p>
                  <Reasons match={pair} />
                </li>
              ))}
            </ol>
          );
        }}
      </Answered>
    </Panel>
  );
}

/** One person's matches, scored now. */
export function MatchesOf({ userId }: { readonly userId: string }) {
  const matches = useAsked<readonly PersonMatch[]>(`/recommendations/${userId}/people?limit=5`);
  return (
    <Answered question={matches} what="who would get on with them">
      {(found) =>
        found.length === 0 ? (
          <Empty title="Nobody new" words="Everybody who would suit is a friend already." />
        ) : (
          <ol className="match-list" data-testid="matches-of">
            {found.map((match) => (
              <li key={match.other_user_id} data-person={match.other_user_id}>
                <PersonLink userId={match.other_user_id} name={match.name}>
                  <Score score={match.score} />
                </PersonLink>
                <Reasons match={match} />
              </li>
            ))}
          </ol>
        )
      }
    </Answered>
  );
}
