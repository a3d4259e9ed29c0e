/** The contracts by topic, from the gateway's read-only registry. */
import { useAsked, type Asked } from "./asked.ts";

export interface Contract {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
}

/** The newest contract of a topic's values. */
export const useContract = (topic: string): Asked<Contract> =>
  useAsked<Contract>(`/subjects/${encodeURIComponent(`${topic}-value`)}/versions/latest`, { base: "/registry" });
