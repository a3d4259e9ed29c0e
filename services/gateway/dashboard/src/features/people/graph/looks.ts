/** How people and friendships look: what is asked for stands out, the rest steps back. */
import type { EdgeDisplayData, NodeDisplayData } from "sigma/types";
import { token } from "../../../lib/theme.ts";
import type { Person } from "./society.ts";

export interface Focus {
  readonly chosen: string | null;
  readonly hovered: string | null;
  /** Whoever the pointer is on, or who is chosen, and friends. */
  readonly near: ReadonlySet<string>;
  /** Personas to show; all when empty. */
  readonly personas: ReadonlySet<string>;
}

type Attributes = Readonly<Record<string, unknown>>;

export function nodeLook(id: string, data: Attributes, focus: Focus): Partial<NodeDisplayData> {
  const outside = (focus.near.size > 0 && !focus.near.has(id)) || (focus.personas.size > 0 && !focus.personas.has(String(data.persona)));
  if (outside) {
    return { ...data, color: token("line"), label: null, zIndex: 0 };
  }
  const chosen = id === focus.chosen;
  return { ...data, highlighted: chosen, forceLabel: !chosen && focus.near.size > 1 && focus.near.size < 14, zIndex: chosen ? 2 : 1 };
}

export function edgeLook([a, b]: readonly [string, string], interactions: number, focus: Focus): Partial<EdgeDisplayData> {
  const centre = focus.hovered ?? focus.chosen;
  if (focus.near.size > 0) {
    const own = a === centre || b === centre;
    return own ? { color: token("social"), size: widthOf(interactions) + 0.6, zIndex: 1 } : { color: token("line"), size: 0.4, hidden: true };
  }
  return { color: interactions > 0 ? token("line-strong") : token("line"), size: widthOf(interactions), zIndex: interactions > 0 ? 1 : 0 };
}

/** Radius in pixels of somebody by what was done lately, and by friends. */
export const sizeOf = (activity: number, friends: number): number => 3 + Math.min(3, Math.sqrt(friends) * 0.45) + Math.min(7, Math.sqrt(activity) * 2.2);

/** Width in pixels of a friendship by how much the two have to do with each other. */
export const widthOf = (interactions: number): number => 0.5 + Math.min(3.5, Math.log2(1 + interactions) * 0.8);

const BOROUGHS = ["Manhattan", "Brooklyn", "Queens", "Bronx", "Staten Island"];

/** Where the layout starts: neighbours by borough, so that every page arranges the city alike. */
export function startOf({ user_id, borough }: Person): { x: number; y: number } {
  const turn = hash(user_id);
  const angle = ((Math.max(0, BOROUGHS.indexOf(borough ?? "")) + turn) / BOROUGHS.length) * 2 * Math.PI;
  const radius = 60 + 40 * hash(`${user_id}/r`);
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
}

/** A number of an id, 0 to 1, the same on every page. */
function hash(text: string): number {
  let state = 2166136261;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 16777619);
  }
  return (state >>> 0) / 2 ** 32;
}
