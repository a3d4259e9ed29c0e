/** The palette while it is open. Which snapshots there are is a command on the topic: asked once for each opening, and missed in silence. */
import { useEffect } from "react";
import type { Snapshots } from "../generated/api.ts";
import { Palette } from "../features/palette/Palette.tsx";
import { useAsked } from "../lib/asked.ts";
import { useLuna } from "../lib/context.ts";
import { saved, tellSaved } from "../lib/saved.ts";
import { useStore } from "../lib/store.ts";
import { commandsOf } from "./commands.ts";

export function OpenPalette({ onClose }: { readonly onClose: () => void }) {
  const luna = useLuna();
  const asked = useAsked<Snapshots>("/admin/simulation/snapshots");
  const told = asked.status === "ready" ? asked.answer : null;
  useEffect(() => (told === null ? undefined : tellSaved(told)), [told]);
  useStore(saved, (names) => names); // a line for each
  return <Palette commands={commandsOf(luna)} onClose={onClose} />;
}
