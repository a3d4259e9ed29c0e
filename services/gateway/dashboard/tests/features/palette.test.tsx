import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { OpenPalette } from "../../src/app/OpenPalette.tsx";
import { Luna } from "../../src/lib/luna.ts";
import { saved } from "../../src/lib/saved.ts";
import { FakeGateway, around } from "../gateway.tsx";
import { FakeWorld } from "../stage.ts";
import { Keeper, aSnapshot } from "./time/told.ts";

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = vi.fn();
  Element.prototype.scrollIntoView = vi.fn();
});

afterEach(() => {
  cleanup();
  saved.set([]);
});

const opened = (gateway: FakeGateway) => render(<OpenPalette onClose={vi.fn()} />, { wrapper: around(new Luna(gateway, new FakeWorld())) });
const titles = () => screen.getAllByRole("option", { hidden: true }).map((option) => option.querySelector("b")?.textContent);
const chosen = () => screen.getByRole("option", { hidden: true, selected: true }).querySelector("b")?.textContent;

it("asks for the snapshots by itself when it opens, and offers those that can be restored", async () => {
  const gateway = new Keeper("admin", [aSnapshot(), aSnapshot({ snapshot_id: "02", name: "broken", restorable: false })]);
  opened(gateway);
  await waitFor(() => expect(titles()).toContain("Restore before-lunch"));
  expect(titles()).not.toContain("Restore broken");
  expect(gateway.asked.filter((path) => path.endsWith("/snapshots"))).toHaveLength(1);
});

it("goes without them, and with those known before, where they cannot be had", async () => {
  saved.set(["of-yesterday"]);
  const gateway = new FakeGateway();
  opened(gateway);
  await waitFor(() => expect(gateway.asked).toContain("/admin/simulation/snapshots"));
  expect(titles()).toContain("Restore of-yesterday");
});

it("keeps the chosen line while others come, and goes round at both ends", async () => {
  opened(new Keeper("admin"));
  const line = screen.getByRole("combobox", { hidden: true });
  expect(chosen()).toBe("City");
  fireEvent.keyDown(line, { key: "ArrowUp" });
  expect(chosen()).toBe("Guided tour");
  await waitFor(() => expect(titles()).toContain("Restore before-lunch"));
  expect(chosen()).toBe("Guided tour");
  fireEvent.keyDown(line, { key: "ArrowDown" });
  expect(chosen()).toBe("City");
});
