/** What this page may do: the gateway judges, but what it would refuse is not offered. */
import { useAsked } from "../../../lib/asked.ts";
import { useLuna } from "../../../lib/context.ts";
import { useStore } from "../../../lib/store.ts";
import { useComeback } from "./comeback.ts";

type Role = "viewer" | "operator" | "admin";

export interface Rights {
  /** Why it may not steer the city; empty where it may, or where nobody has said yet. */
  readonly steering: string;
  /** Why it may not leave the present telling or delete. */
  readonly leaving: string;
}

export function rightsOf(locked: string, role: Role | null | undefined): Rights {
  if (locked !== "") {
    const reason = `You may watch, not control: ${locked}.`;
    return { steering: reason, leaving: reason };
  }
  switch (role) {
    case null:
    case "viewer":
      return { steering: "You may watch; this needs an operator.", leaving: "You may watch; this needs an administrator." };
    case "operator":
      return { steering: "", leaving: "To restore, delete and travel needs an administrator." };
    default:
      return { steering: "", leaving: "" };
  }
}

export function useRights(): Rights {
  const luna = useLuna();
  const locked = useStore(luna.control.locked, (known) => known);
  const who = useAsked<{ readonly role: Role | null }>("/auth");
  useComeback(who);
  return rightsOf(locked, who.status === "ready" ? who.answer.role : undefined);
}
