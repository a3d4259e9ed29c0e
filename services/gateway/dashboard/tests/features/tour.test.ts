import { describe, expect, it } from "vitest";
import { ACTS } from "../../src/features/tour/acts.ts";
import { Luna } from "../../src/lib/luna.ts";
import { route } from "../../src/lib/route.ts";
import { FakeGateway } from "../gateway.tsx";
import { FakeWorld } from "../stage.ts";

describe("the last act", () => {
  const luna = new Luna(new FakeGateway(), new FakeWorld());
  const last = ACTS.at(-1);
  const placeOf = (deed: string) => {
    last?.deeds.find(({ title }) => title.includes(deed))?.run(luna);
    const { view, query } = route.latest();
    return [view, query.look ?? ""];
  };

  it("plays where agents decide and book", () => {
    last?.place(luna);
    expect(route.latest()).toMatchObject({ view: "people", query: { look: "decisions" } });
  });

  it("leads to compatible people, to the agent, and to flow, health and events", () => {
    expect(placeOf("get on")).toEqual(["people", "matches"]);
    expect(placeOf("decides and books")).toEqual(["people", "decisions"]);
    expect(["flow", "health", "event"].map((deed) => placeOf(deed)[0])).toEqual(["flow", "health", "events"]);
  });
});
