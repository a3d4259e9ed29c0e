import { afterEach, describe, expect, it, vi } from "vitest";
import { api } from "../../src/lib/api.ts";

afterEach(() => vi.unstubAllGlobals());

function answering(answer: Response) {
  const asked = vi.fn<(url: string, sent: RequestInit) => Promise<Response>>(() => Promise.resolve(answer));
  vi.stubGlobal("fetch", asked);
  return asked;
}

describe("what is asked of a service", () => {
  it("goes by its method, with a body only where there is one", async () => {
    const asked = answering(Response.json({ replay_id: "r1" }));
    expect(await api.write("DELETE", "/admin/streams/replay/r1")).toEqual({ replay_id: "r1" });
    const [url, sent] = asked.mock.calls[0] ?? [];
    expect(url).toBe("/api/v1/admin/streams/replay/r1");
    expect(sent).toMatchObject({ method: "DELETE", headers: {} });
    expect(sent).not.toHaveProperty("body");
  });

  it("is refused in the gateway's words, with what is wrong about each field", async () => {
    answering(Response.json({ detail: "1 field is not valid", errors: [{ field: "body", message: "end_time must be after start_time" }] }, { status: 422 }));
    await expect(api.write("POST", "/admin/streams/replay", {})).rejects.toThrow("1 field is not valid: end_time must be after start_time");
    answering(Response.json({ detail: "there is a snapshot noon already" }, { status: 409 }));
    await expect(api.order("/admin/simulation/snapshot", {})).rejects.toThrow(/^there is a snapshot noon already$/);
  });
});
