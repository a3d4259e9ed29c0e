/** The stage of a map: it hears the city, follows the theme, and fits the place and the frame it has. */
import { useEffect, useState, type RefObject } from "react";
import { useLuna } from "../../lib/context.ts";
import { useStore } from "../../lib/store.ts";
import { theme } from "../../lib/theme.ts";
import type { Geography } from "./geography.ts";
import { Stage, type CanvasName } from "./stage.ts";

export function canvasOf(root: HTMLElement, name: CanvasName | "sky"): HTMLCanvasElement {
  const canvas = root.querySelector<HTMLCanvasElement>(`canvas[data-layer="${name}"]`);
  if (canvas === null) {
    throw new Error(`the map has no layer ${name}`);
  }
  return canvas;
}

export function useStage(root: RefObject<HTMLDivElement | null>, geography: Geography | null): Stage | null {
  const luna = useLuna();
  const [stage, setStage] = useState<Stage | null>(null);
  const shade = useStore(theme, (known) => known);
  useEffect(() => {
    const element = root.current;
    if (element === null) {
      return undefined;
    }
    const canvas = { heat: canvasOf(element, "heat"), bookings: canvasOf(element, "bookings"), venues: canvasOf(element, "venues"), life: canvasOf(element, "life") };
    const made = new Stage({ root: element, canvas }, luna.people);
    made.hear(luna.feed.ring.toArray());
    const deaf = luna.onEvents((events) => made.hear(events));
    const forgotten = luna.onRestart(() => made.forget());
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the stage needs the canvases, which exist only now
    setStage(made);
    return () => {
      deaf();
      forgotten();
      made.stop();
    };
  }, [luna, root]);
  useEffect(() => {
    if (stage !== null && geography !== null) {
      stage.lay(geography);
    }
  }, [stage, geography]);
  useEffect(() => stage?.recolour(), [stage, shade]);
  return stage;
}
