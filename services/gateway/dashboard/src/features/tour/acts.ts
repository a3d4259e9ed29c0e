/** The five acts: what each shows, where, and what the audience may do in it. */
import type { Command } from "../../lib/commands.ts";
import type { Luna } from "../../lib/luna.ts";
import { go } from "../../lib/route.ts";

export interface Deed {
  readonly title: string;
  readonly run: (luna: Luna) => void;
}

export interface Act {
  readonly title: string;
  readonly words: string;
  /** Where the act plays. */
  readonly place: (luna: Luna) => void;
  readonly deeds: readonly Deed[];
}

const give = (command: Command, control: string, label: string) => (luna: Luna): void => luna.control.give(command, control, label);

const speed = (multiplier: number): Deed => ({ title: `Speed ${multiplier}×`, run: give({ type: "set_speed", payload: { multiplier } }, "speed", `Speed ${multiplier}×`) });

/** Somebody whose story is worth telling: who acted last, booked tables first. */
export function protagonist(luna: Luna): string | null {
  const kept = luna.feed.ring.toArray();
  const booked = kept.findLast(({ topic, user_id }) => topic === "bookings" && user_id !== undefined);
  return (booked ?? kept.findLast(({ user_id }) => user_id !== undefined))?.user_id ?? null;
}

function openStory(luna: Luna): void {
  const user = protagonist(luna);
  go("people", user === null ? [] : [user]);
}

export const ACTS: readonly Act[] = [
  {
    title: "First users join",
    words: "Everyone on this map lives a life of their own. Let fifty newcomers arrive: they fill in a profile, look around and find their first friends.",
    place: () => go("city"),
    deeds: [
      { title: "Add 50 people", run: give({ type: "spawn_users", payload: { count: 50 } }, "spawn", "Add 50 people") },
      speed(60),
    ],
  },
  {
    title: "Accelerate",
    words: "A minute of the city passes in a second, then in a tenth. Nothing is skipped: every event still goes over Kafka, and the line under the map rises.",
    place: () => go("city"),
    deeds: [speed(300), speed(600), speed(60)],
  },
  {
    title: "Lunch rush",
    words: "Offices empty, tables run short. What the scenario causes is labelled on the stream; the shaded band on every chart is that ground truth.",
    place: () => go("city"),
    deeds: [
      { title: "Start the lunch rush", run: give({ type: "set_scenario", payload: { scenario: "lunch_rush", action: "start" } }, "scenario-lunch_rush", "Start lunch rush") },
      { title: "Let it settle", run: give({ type: "set_scenario", payload: { scenario: "lunch_rush", action: "stop" } }, "scenario-lunch_rush", "Stop lunch rush") },
    ],
  },
  {
    title: "One person's story",
    words: "Behind each dot is somebody: what they looked at, whom they asked along, where they sat, what they wrote. Click a name anywhere to read on.",
    place: openStory,
    deeds: [{ title: "Somebody else", run: openStory }],
  },
  {
    title: "What the system knows",
    words: "From the same events agents choose people who would get on, gather them and book their tables by themselves; and come funnels, tastes, and how the services are.",
    place: () => go("people", [], { look: "decisions" }),
    deeds: [
      { title: "What the agent decides and books", run: () => go("people", [], { look: "decisions" }) },
      { title: "Who would get on", run: () => go("people", [], { look: "matches" }) },
      { title: "The flow", run: () => go("flow") },
      { title: "The health of the services", run: () => go("health") },
      { title: "Every event", run: () => go("events") },
    ],
  },
];
