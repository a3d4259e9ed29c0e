import { describe, expect, it } from "vitest";
import { Effects, LASTS } from "../../../src/features/people/graph/effects.ts";
import { edgeLook, startOf, widthOf } from "../../../src/features/people/graph/looks.ts";
import { Society, type Person } from "../../../src/features/people/graph/society.ts";
import { anEvent } from "../../stage.ts";

const person = (user_id: string): Person => ({ user_id, name: user_id, persona: "foodie_explorer", borough: "Queens", friend_count: 1 });

function three(): Society {
  const society = new Society();
  society.load({ nodes: [person("u1"), person("u2"), person("u3")], edges: [["u1", "u2"]], interactions: [0] });
  return society;
}

const social = (event_type: "invite.sent" | "friend.accepted" | "invite.declined", a: string, b: string) =>
  anEvent({ topic: "social_interactions", event_type, user_id: a, other_user_id: b });

describe("the society", () => {
  it("counts what two have to do with each other, whoever begins, and tells it of their friendship", () => {
    const society = three();
    society.hear(social("invite.sent", "u1", "u2"));
    society.hear(social("invite.declined", "u2", "u1"));
    expect(society.interactionsOf("u2", "u1")).toBe(2);
    expect([...society.ties.values()][0]?.interactions).toBe(2);
  });

  it("makes a tie of a new friendship among the people shown, and of no other", () => {
    const society = three();
    expect(society.hear(social("friend.accepted", "u3", "u1"))).toEqual({ kind: "friendship", a: "u3", b: "u1" });
    society.hear(social("friend.accepted", "u3", "u9"));
    expect([...society.ties.keys()]).toEqual(["u1|u2", "u1|u3"]);
    expect(society.friendsOf("u1").sort()).toEqual(["u2", "u3"]);
  });

  it("counts an event once, however often it is told", () => {
    const society = three();
    const invitation = social("invite.sent", "u1", "u2");
    expect(society.hear(invitation)).not.toBeNull();
    expect(society.hear(invitation)).toBeNull();
    expect(society.interactionsOf("u1", "u2")).toBe(1);
  });

  it("takes the gateway's count of a pair where it knows more", () => {
    const society = three();
    society.hear(social("invite.sent", "u1", "u2"));
    society.load({ nodes: [person("u1"), person("u2")], edges: [["u1", "u2"]], interactions: [7] });
    expect(society.ties.get("u1|u2")?.interactions).toBe(7);
    expect(society.people.has("u3")).toBe(false);
  });

  it("lets activity fade by half in 45 simulated minutes", () => {
    const society = three();
    society.hear(anEvent({ user_id: "u1", simulation_time: "2026-06-05T22:00:00.000000Z" }));
    expect(society.activityOf("u1")).toBeCloseTo(1);
    society.hear(anEvent({ user_id: "u2", simulation_time: "2026-06-05T22:45:00.000000Z" }));
    expect(society.activityOf("u1")).toBeCloseTo(0.5);
    expect(society.busiest(1).map(({ user_id }) => user_id)).toEqual(["u2"]);
  });

  it("sees a group as its members, who have met by it", () => {
    const society = three();
    const happening = society.hear(anEvent({ topic: "social_interactions", event_type: "group.formed", user_id: "u1", member_ids: "u1,u2,u3", venue_name: "Bar Luce" }));
    expect(happening).toEqual({ kind: "group", members: ["u1", "u2", "u3"], title: "Group of 3 · Bar Luce" });
    expect(society.interactionsOf("u2", "u3")).toBe(1);
  });
});

describe("looks and effects", () => {
  it("draws a friendship wider the more the two have to do with each other, within a bound", () => {
    expect(widthOf(10)).toBeGreaterThan(widthOf(1));
    expect(widthOf(1e9)).toBeLessThanOrEqual(4);
  });

  it("hides what does not belong to whoever is asked about", () => {
    const focus = { chosen: "u1", hovered: null, near: new Set(["u1", "u2"]), personas: new Set<string>() };
    expect(edgeLook(["u2", "u3"], 5, focus).hidden).toBe(true);
    expect(edgeLook(["u1", "u2"], 5, focus).hidden).toBeUndefined();
  });

  it("starts everybody at the same place on every page", () => {
    expect(startOf(person("u7"))).toEqual(startOf(person("u7")));
    expect(startOf(person("u7"))).not.toEqual(startOf(person("u8")));
  });

  it("shows each effect for its time and never too many", () => {
    const effects = new Effects();
    for (let index = 0; index < 500; index += 1) {
      effects.add({ kind: "invitation", a: "u1", b: "u2" }, 1000);
    }
    expect(effects.at(1000 + LASTS.invitation / 2)).toHaveLength(90);
    expect(effects.at(1000 + LASTS.invitation)).toHaveLength(0);
  });
});
