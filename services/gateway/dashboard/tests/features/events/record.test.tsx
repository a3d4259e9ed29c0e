import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { RecordPane } from "../../../src/features/events/RecordPane.tsx";
import { Luna } from "../../../src/lib/luna.ts";
import type { CityEvent } from "../../../src/lib/types.ts";
import { FakeGateway, around } from "../../gateway.tsx";
import { FakeWorld, anEvent } from "../../stage.ts";

Element.prototype.scrollTo = () => undefined; // jsdom scrolls nothing
afterEach(cleanup);

function opened(event: CityEvent) {
  const gateway = new FakeGateway();
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
});
