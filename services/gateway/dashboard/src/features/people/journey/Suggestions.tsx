/** What was suggested last, why, and what became of it. */
import type { ChannelPage, LatestRecommendations } from "../../../generated/api.ts";
import { Panel } from "../../../components/Panel.tsx";
import { Answered, Empty } from "../../../components/States.tsx";
import { useAsked } from "../../../lib/asked.ts";
import { shortTime } from "../../../lib/format.ts";
import type { CityEvent } from "../../../lib/types.ts";
import { Score } from "../Matches.tsx";
import { reasonsOf } from "../matches.ts";
import { fatesOf, suggestedTo } from "./suggested.ts";
import { told } from "./timeline.ts";

const SHOWN = 6;

export function Suggestions({ userId, live }: { readonly userId: string; readonly live: readonly CityEvent[] }) {
  const past = useAsked<LatestRecommendations>(`/recommendations/${userId}?limit=40`);
  const answers = useAsked<ChannelPage>(`/admin/streams/history/user_actions?user_id=${userId}&event_type=recommendation.accepted,recommendation.ignored&limit=200`);
  const fates = fatesOf([...(answers.status === "ready" ? answers.answer.events : []), ...live]);
  return (
    <Panel title="Suggested lately, and why" className="journey-suggested">
      <Answered question={past} what="the suggestions">
        {({ recommendations }) => {
          const shown = suggestedTo(userId, told(recommendations, live)).slice(0, SHOWN);
          return shown.length === 0 ? (
            <Empty title="Nothing suggested yet" words="Suggestions come when somebody browses or looks at what friends do." />
          ) : (
            <ol className="match-list" data-testid="suggestions">
              {shown.map((event) => (
                <li key={event.event_id} data-event={event.event_id}>
                  <p className="suggested-what">
                    <strong>{event.venue_name ?? event.other_user_name ?? event.venue_id ?? event.other_user_id}</strong>
                    <small className={`fate fate-${fates.get(event.event_id) ?? fates.get(event.list_id ?? "") ?? "open"}`}>{WORDS[fates.get(event.event_id) ?? fates.get(event.list_id ?? "") ?? "open"]}</small>
                    <small className="fate-time">{shortTime(event.simulation_time)}</small>
                  </p>
                  <Score score={event.score ?? 0} />
                  <ul className="match-reasons">
                    {reasonsOf({ other_user_id: "", score: 0, reason_1: event.reason_1, reason_2: event.reason_2, reason_3: event.reason_3 }).map((reason) => (
                      <li key={reason}>{reason}</li>
                    ))}
                  </ul>
                </li>
              ))}
            </ol>
          );
        }}
      </Answered>
    </Panel>
  );
}

const WORDS = { accepted: "taken", ignored: "passed over", open: "no answer yet" } as const;
