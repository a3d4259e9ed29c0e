/** A gateway that answers over HTTP what it is told to, and the page's context around a component. */
import type { ReactNode } from "react";
import type { Api } from "../src/lib/api.ts";
import { LunaContext } from "../src/lib/context.ts";
import type { Luna } from "../src/lib/luna.ts";
import type { Venue } from "../src/lib/types.ts";
import { NOWHERE } from "./stage.ts";

export class FakeGateway implements Api {
  readonly asked: string[] = [];
  /** Answers by the beginning of a path; what none begins is refused. */
  readonly answers = new Map<string, unknown>();
  known: readonly Venue[] = [];

  get = <Answer,>(path: string): Promise<Answer> => {
    this.asked.push(path);
    const found = [...this.answers].find(([start]) => path.startsWith(start));
    return found === undefined ? Promise.reject(new Error(`no answer to ${path}`)) : Promise.resolve(structuredClone(found[1]) as Answer);
  };
  order: Api["order"] = () => Promise.reject(new Error("no orders here"));
  write: Api["write"] = () => Promise.reject(new Error("nothing is written here"));
  venues = () => Promise.resolve(this.known);
  environment = () => Promise.resolve(NOWHERE);
  course: Api["course"] = () => Promise.reject(new Error("nothing was counted before"));
  scenarios = () => Promise.resolve([]);
  ticket = () => Promise.resolve("t");
  eventsOfVenue = () => Promise.resolve([]);
}

export const around = (luna: Luna) =>
  function Around({ children }: { readonly children: ReactNode }) {
    return <LunaContext value={luna}>{children}</LunaContext>;
  };
