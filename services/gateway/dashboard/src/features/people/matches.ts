/** People whom the recommender brings together, with how well and why. */
import type { PersonMatch } from "../../generated/api.ts";
import { reasonWords } from "../../lib/money.ts";
import type { CityEvent } from "../../lib/types.ts";

/** As the recommender answers it, or as a record of it says. */
export type Match = Pick<PersonMatch, "other_user_id" | "score"> & Partial<Pick<PersonMatch, "name" | "taste_similarity" | "mutual_friends" | "reason_1" | "reason_2" | "reason_3">>;

export interface Pairing extends Match {
  readonly user_id: string;
  readonly user_name: string;
  readonly at: string;
}

export const reasonsOf = ({ reason_1, reason_2, reason_3 }: Match): string[] =>
  [reason_1, reason_2, reason_3].filter((reason): reason is string => typeof reason === "string" && reason !== "").map(reasonWords);

/** The pair that an event proposes; null for any other event. */
export function pairingOf(event: CityEvent): Pairing | null {
  const { user_id, other_user_id, score } = event;
  const proposes = event.event_type === "compatibility.calculated" || (event.event_type === "recommendation.generated" && event.item_kind === "person");
  if (!proposes || user_id === undefined || other_user_id === undefined || score === undefined) {
    return null;
  }
  return {
    user_id,
    user_name: event.user_name ?? user_id,
    other_user_id,
    name: event.other_user_name,
    score,
    taste_similarity: event.taste_similarity,
    mutual_friends: event.mutual_friends,
    reason_1: event.reason_1,
    reason_2: event.reason_2,
    reason_3: event.reason_3,
    at: event.simulation_time,
  };
}

const keyOf = ({ user_id, other_user_id }: Pairing): string => [user_id, other_user_id].sort().join("|");

/** Newest pairs, each once whichever way round; the telling that has reasons wins. */
export function newestPairs(known: readonly Pairing[], events: readonly CityEvent[], most: number): readonly Pairing[] {
  const fresh = events.map(pairingOf).filter((pairing) => pairing !== null);
  if (fresh.length === 0) {
    return known;
  }
  const byPair = new Map<string, Pairing>();
  for (const pairing of [...known, ...fresh].sort((one, other) => one.at.localeCompare(other.at))) {
    const before = byPair.get(keyOf(pairing));
    const better = before === undefined || reasonsOf(pairing).length >= reasonsOf(before).length;
    byPair.set(keyOf(pairing), better ? pairing : { ...before, at: pairing.at });
  }
  return [...byPair.values()].sort((one, other) => other.at.localeCompare(one.at)).slice(0, most);
}
