import { cleanup, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { RecordPane } from "../../../src/features/events/RecordPane.tsx";
import { Luna } from "../../../src/lib/luna.ts";
import type { CityEvent } from "../../../src/lib/types.ts";
import { FakeGateway, around } from "../../gateway.tsx";
import { FakeWorld, anEvent } from "../../stage.ts";

Element.prototype.scrollTo = () => undefined; // jsdom scrolls nothing
afterEach(cleanup);

function opened(event: CityEvent, gateway = new FakeGateway()) {
  render(<RecordPane asked={{ status: "ready", answer: event, stale: "" }} onClose={() => undefined} />, { wrapper: around(new Luna(gateway, new FakeWorld())) });
  return screen.getByTestId("record-place");
}

describe("a record", () => {
  it("of the event store opens without the time Kafka wrote it, and says so", () => {
    expect(opened(anEvent({ record_timestamp: undefined })).textContent).toContain("Writtennot kept by the store");
  });

  it("heard live says when Kafka wrote it", () => {
    expect(opened(anEvent({ record_timestamp: 1_780_000_000_000 })).textContent).toContain("2026-05-28T20:26:40.000Z");
  });

  it("tells the schema it was written by apart from the latest contract", async () => {
    const gateway = new FakeGateway();
    gateway.answers.set("/subjects/user_actions-value", { subject: "user_actions-value", version: 3, id: 12 });
    const place = opened(anEvent({ schema_id: 7 }), gateway);
    await waitFor(() => expect(place.textContent).toContain("Latest contractuser_actions-value v3, id 12"));
    expect(place.textContent).toContain("Schema id7");
  });

  it("says that the registry failed instead of asking for ever", async () => {
    const place = opened(anEvent());
    expect(place.textContent).toContain("asking…");
    await waitFor(() => expect(place.textContent).toContain("Latest contractcould not be had: no answer to"));
    expect(place.textContent).toContain("Schema idnot told");
  });
});
