import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { commandsOf } from "../../../src/app/commands.ts";
import { TimeSection } from "../../../src/features/control/time/TimeSection.tsx";
import { Luna } from "../../../src/lib/luna.ts";
import { go } from "../../../src/lib/route.ts";
import { saved } from "../../../src/lib/saved.ts";
import { around } from "../../gateway.tsx";
import { FakeWorld, anEvent, someStats } from "../../stage.ts";
import { Keeper, aReplay, aSnapshot } from "./told.ts";

const showModal = vi.fn();

beforeEach(() => {
  showModal.mockClear();
  HTMLDialogElement.prototype.showModal = showModal;
  HTMLDialogElement.prototype.close = vi.fn();
  go("control", ["time"]);
});

afterEach(() => {
  cleanup();
  saved.set([]);
});

async function shown(gateway: Keeper = new Keeper("admin")) {
  const world = new FakeWorld();
  const luna = new Luna(gateway, world);
  luna.state.set(someStats({ simulation_time: "2024-06-07T18:01:00.000000Z", start_time: "2024-06-05T18:00:00.000000Z" }));
  render(<TimeSection />, { wrapper: around(luna) });
  await waitFor(() => expect(gateway.asked).toContain("/auth"));
  await screen.findByText(/^Now /);
  return { luna, gateway, world };
}

const button = (testId: string) => screen.getByTestId<HTMLButtonElement>(testId);
const write = (testId: string, value: string) => fireEvent.change(screen.getByTestId(testId), { target: { value } });
const listings = ({ asked }: Keeper) => asked.filter((path) => path === "/admin/simulation/snapshots").length;

describe("snapshots", () => {
  it("are listed with their words, time, people and size", async () => {
    await shown();
    const row = await screen.findByTestId("saved-before-lunch");
    expect(row.textContent).toContain("an ordinary morning");
    expect(row.textContent).toContain("Fri, Jun 7 14:01 · 2,000 people · 1.2 MB · branch 3");
  });

  it("are taken under a name and a description, and the list is asked for anew", async () => {
    const { gateway } = await shown(new Keeper("admin", []));
    await screen.findByText("No snapshots yet");
    expect(button("snapshot-take").disabled).toBe(true);
    write("snapshot-name", "Noon");
    expect(screen.getByTestId("snapshot-note").textContent).toContain("small letters");
    expect(button("snapshot-take").disabled).toBe(true);
    write("snapshot-name", "noon");
    write("snapshot-description", " calm ");
    const before = listings(gateway);
    fireEvent.click(button("snapshot-take"));
    await waitFor(() => expect(screen.getByTestId("snapshot-outcome").dataset.status).toBe("acknowledged"));
    expect(gateway.ordered).toEqual([["/admin/simulation/snapshot", { name: "noon", description: "calm" }]]);
    await waitFor(() => expect(listings(gateway)).toBe(before + 1));
    expect(screen.getByTestId("snapshot-note").textContent).toContain("Kept as noon");
  });

  it("that the simulator refuses say why", async () => {
    const gateway = new Keeper("admin");
    gateway.refusal = "booking did not come within 30 s";
    await shown(gateway);
    write("snapshot-name", "noon");
    fireEvent.click(button("snapshot-take"));
    await waitFor(() => expect(screen.getByTestId("snapshot-outcome").textContent).toContain("booking did not come within 30 s"));
    expect(screen.getByTestId("snapshot-outcome").dataset.status).toBe("refused");
  });

  it.each([
    ["restore", "A new branch begins", ["/admin/simulation/restore/01hz", {}]],
    ["delete", "cannot be brought back", ["/simulation/command/snapshot.delete", { snapshot: "01hz" }]],
  ] as const)("%s only after a second word that says what will happen", async (what, words, order) => {
    const { gateway } = await shown();
    fireEvent.click(await screen.findByTestId(`${what}-before-lunch`));
    expect(showModal).toHaveBeenCalledTimes(1);
    expect(gateway.ordered).toEqual([]);
    const sure = button(`${what}-before-lunch-confirm`);
    expect(sure.closest("dialog")?.textContent).toContain(words);
    fireEvent.click(sure);
    expect(gateway.ordered).toEqual([order]);
    await waitFor(() => expect(screen.getByTestId("snapshot-outcome").dataset.status).toBe("acknowledged"));
  });

  it("that lack a service's state cannot be restored, and say so", async () => {
    await shown(new Keeper("admin", [aSnapshot({ restorable: false, reason: "has no state of booking" })]));
    expect((await screen.findByTestId("saved-before-lunch")).textContent).toContain("Cannot be restored: has no state of booking.");
    expect(button("restore-before-lunch").disabled).toBe(true);
    expect(button("delete-before-lunch").disabled).toBe(false);
  });

  it("of somebody else appear without a click", async () => {
    const { luna, gateway, world } = await shown();
    await screen.findByTestId("snapshots");
    luna.start();
    await waitFor(() => expect(world.wires.some(({ url }) => url.includes("/ws/stream"))).toBe(true));
    const wire = world.wires.find(({ url }) => url.includes("/ws/stream"));
    act(() => wire?.onopen?.());
    const tell = (command: string) => act(() => wire?.say({ type: "events", channel: "simulation_control", position: "e:1", events: [anEvent({ topic: "simulation_control", event_type: "ack.given", command })] }));
    const before = listings(gateway);
    tell("snapshot.list");
    expect(listings(gateway)).toBe(before);
    tell("snapshot.create");
    await waitFor(() => expect(listings(gateway)).toBe(before + 1));
    luna.stop();
  });

  it("that cannot be listed are asked for again on a click", async () => {
    const gateway = new Keeper("admin");
    gateway.answers.delete("/admin/simulation/snapshots");
    await shown(gateway);
    await screen.findByText("No answer for the snapshots");
    gateway.answers.set("/admin/simulation/snapshots", { snapshots: [aSnapshot()], total: 1 });
    fireEvent.click(button("snapshots-again"));
    await screen.findByTestId("saved-before-lunch");
  });

  it("come back by themselves when the gateway does", async () => {
    const gateway = new Keeper("admin");
    gateway.answers.delete("/admin/simulation/snapshots");
    const { luna } = await shown(gateway);
    act(() => luna.streamLink.set({ kind: "waiting", until: 0, attempt: 1, code: 1006, reason: "" }));
    await screen.findByText(/asks for the snapshots as soon as the gateway answers again/);
    gateway.answers.set("/admin/simulation/snapshots", { snapshots: [aSnapshot()], total: 1 });
    act(() => luna.streamLink.set({ kind: "open", since: 0 }));
    await screen.findByTestId("saved-before-lunch");
  });
});

describe("roles", () => {
  it("a viewer sees everything and can do nothing", async () => {
    await shown(new Keeper("viewer"));
    await screen.findByTestId("saved-before-lunch");
    await screen.findByTestId("replay-r1");
    await waitFor(() => expect(screen.getByTestId("snapshot-note").textContent).toContain("You may watch"));
    for (const control of ["snapshot-take", "restore-before-lunch", "delete-before-lunch", "travel", "replay-start", "replay-stop-r1"]) {
      expect([control, button(control).disabled]).toEqual([control, true]);
    }
    expect(screen.getByTestId<HTMLInputElement>("snapshot-name").disabled).toBe(true);
  });

  it("an operator takes snapshots and tells replays, and leaves the telling to an administrator", async () => {
    await shown(new Keeper("operator"));
    await screen.findByTestId("saved-before-lunch");
    await screen.findByTestId("replay-r1");
    await screen.findByTestId("snapshots-refusal");
    write("snapshot-name", "noon");
    write("travel-to", "2024-06-07T12:00");
    expect(["snapshot-take", "replay-start", "replay-stop-r1"].map((one) => button(one).disabled)).toEqual([false, false, false]);
    expect(["restore-before-lunch", "delete-before-lunch", "travel"].map((one) => button(one).disabled)).toEqual([true, true, true]);
  });
});

describe("a journey", () => {
  it("is begun after a second word, on the clock of New York", async () => {
    const { gateway } = await shown();
    expect(button("travel").disabled).toBe(true);
    write("travel-to", "2024-06-07T12:00");
    fireEvent.click(button("travel"));
    expect(gateway.ordered).toEqual([]);
    expect(button("travel-confirm").closest("dialog")?.textContent).toContain("A new branch begins");
    fireEvent.click(button("travel-confirm"));
    expect(gateway.ordered).toEqual([["/admin/simulation/travel", { to: "2024-06-07T16:00:00.000Z", pause: true }]]);
    await waitFor(() => expect(screen.getByTestId("travel-outcome").dataset.status).toBe("acknowledged"));
  });
});

describe("replays", () => {
  it("are listed with how far they are, and only those under way can be stopped", async () => {
    const { gateway } = await shown(new Keeper("admin", [], [aReplay(), aReplay({ replay_id: "r0", status: "finished" })]));
    const row = await screen.findByTestId("replay-r1");
    expect(row.textContent).toContain("60× · Bookings");
    expect(row.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")).toBe("25");
    expect(screen.queryByTestId("replay-stop-r0")).toBeNull();
    expect(screen.getByTestId("replay-records-r1").getAttribute("href")).toContain("#/events?since=2024-06-07T16%3A00");
    fireEvent.click(button("replay-stop-r1"));
    expect(gateway.ordered).toEqual([["DELETE", "/admin/streams/replay/r1"]]);
    await waitFor(() => expect(button("replay-stop-r1").disabled).toBe(false));
  });

  it("begin with the range, speed and topics chosen", async () => {
    const { gateway } = await shown(new Keeper("admin", [], []));
    await screen.findByText("No replays yet");
    expect(screen.getByTestId<HTMLInputElement>("replay-to").value).toBe("2024-06-07T14:01");
    write("replay-from", "2024-06-07T14:30");
    expect(button("replay-start").disabled).toBe(true);
    expect(screen.getByTestId("replay-note").textContent).toBe("The end must lie after the beginning.");
    write("replay-from", "2024-06-07T13:00");
    write("replay-speed", "max");
    fireEvent.click(screen.getByTestId("replay-topic-bookings"));
    fireEvent.click(button("replay-start"));
    const asked = { start_time: "2024-06-07T17:00:00.000Z", end_time: "2024-06-07T18:01:00.000Z", speed: "max", channels: ["bookings"] };
    expect(gateway.ordered).toEqual([["POST", "/admin/streams/replay", asked]]);
    await waitFor(() => expect(button("replay-start").disabled).toBe(false));
  });

  it("that are refused say why", async () => {
    const gateway = new Keeper("admin", [], []);
    gateway.refusal = "2 replays run already, no more do at once: a, b";
    await shown(gateway);
    fireEvent.click(button("replay-start"));
    expect((await screen.findByTestId("replay-fault")).textContent).toBe("The replay did not begin: 2 replays run already, no more do at once: a, b.");
  });
});

describe("addresses and the palette", () => {
  const run = (luna: Luna, title: string) => act(() => commandsOf(luna).find((one) => one.title === title)?.run());

  it("lead to the field that is needed", async () => {
    const { luna } = await shown();
    go("city");
    run(luna, "Take a snapshot");
    expect(document.activeElement).toBe(screen.getByTestId("snapshot-name"));
    run(luna, "Travel to a time");
    expect(document.activeElement).toBe(screen.getByTestId("travel-to"));
    run(luna, "Replay the past");
    expect(document.activeElement).toBe(screen.getByTestId("replay-from"));
    run(luna, "Restore a snapshot");
    expect(document.activeElement).toBe(screen.getByTestId("time-kept"));
  });

  it("lead to a snapshot by its name, and order nothing yet", async () => {
    const { luna, gateway } = await shown();
    const row = await screen.findByTestId("saved-before-lunch");
    await waitFor(() => expect(saved.latest()).toEqual(["before-lunch"]));
    run(luna, "Restore before-lunch");
    expect(document.activeElement).toBe(row);
    expect(row.getAttribute("aria-current")).toBe("true");
    expect(gateway.ordered).toEqual([]);
  });

  it("say so where no snapshot has that name", async () => {
    go("control", ["time"], { snapshot: "gone" });
    await shown();
    expect((await screen.findByTestId("snapshot-absent")).textContent).toBe("No snapshot is called gone.");
  });
});
