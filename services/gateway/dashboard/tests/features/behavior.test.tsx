import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, it } from "vitest";
import { Behavior } from "../../src/features/control/Behavior.tsx";
import { Luna } from "../../src/lib/luna.ts";
import { FakeGateway, around } from "../gateway.tsx";
import { FakeWorld, anEvent, someStats } from "../stage.ts";

afterEach(cleanup);

it("the preview is of those who were chosen, not of everyone", async () => {
  const gateway = new FakeGateway();
  gateway.answers.set("/users/personas", { personas: { night_owl: ["u0000001"], foodie_explorer: ["u0000002"] } });
  const luna = new Luna(gateway, new FakeWorld());
  luna.stats.set(someStats({ events: { user_actions: { "venue.browsed": 60, "venue.viewed": 40 } } }));
  luna.feed.add([
    anEvent({ user_id: "u0000001", event_type: "venue.liked" }),
    anEvent({ user_id: "u0000001", event_type: "venue.saved" }),
    anEvent({ user_id: "u0000002", event_type: "venue.viewed" }),
  ]);
  render(<Behavior />, { wrapper: around(luna) });
  await screen.findByLabelText(/^So far: Browse 60.0 %, Look at a venue 40.0 %/);
  await screen.findByRole("option", { name: "Night owl" });
  fireEvent.change(screen.getByTestId("behavior-whom"), { target: { value: "persona:night_owl" } });
  screen.getByLabelText(/^Lately: Browse 0.0 %, Look at a venue 0.0 %, Search 0.0 %, Save 50.0 %, Like 50.0 %/);
  fireEvent.change(screen.getByTestId("share-book"), { target: { value: "0.5" } });
  screen.getByLabelText(/^Then: .*Save 25.0 %, Like 25.0 %.*Book 50.0 %$/);
});
