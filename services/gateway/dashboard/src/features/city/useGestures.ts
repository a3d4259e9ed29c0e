/** Wheel and drag move the frame of the map; the frame stands in the address. A press without a move is a click. */
import { useCallback, useRef, type PointerEvent, type WheelEvent } from "react";
import { refine } from "../../lib/route.ts";
import { printFrame, zoomed, type Frame } from "./frame.ts";
import type { Geography } from "./geography.ts";

const CLICK_PX = 4;
const STEP = 1.0018;

interface Grip {
  readonly x: number;
  readonly y: number;
  readonly geography: Geography;
  moved: boolean;
}

const show = (frame: Frame): void => refine({ ...printFrame(frame) });

/** The frame that is nearer by a factor, with the point under (x, y) left where it is. */
export function nearer(geography: Geography, factor: number, x = geography.width / 2, y = geography.height / 2): Frame {
  const zoom = zoomed(geography.zoom * factor);
  const share = geography.zoom / zoom;
  return { zoom, at: geography.place(x + (geography.width / 2 - x) * share, y + (geography.height / 2 - y) * share) };
}

function pointOf({ clientX, clientY, currentTarget }: PointerEvent | WheelEvent): readonly [number, number] {
  const box = currentTarget.getBoundingClientRect();
  return [clientX - box.left, clientY - box.top];
}

const onCard = ({ target }: PointerEvent | WheelEvent): boolean => target instanceof Element && target.closest(".venue-card, .event-mark") !== null;

export function useGestures(geography: Geography | null, onHover: (x: number, y: number) => void, onClick: () => void) {
  const grip = useRef<Grip | null>(null);
  const onWheel = useCallback(
    (event: WheelEvent) => {
      if (geography !== null && !onCard(event)) {
        const [x, y] = pointOf(event);
        show(nearer(geography, STEP ** -event.deltaY, x, y));
      }
    },
    [geography],
  );
  return {
    onWheel,
    onPointerDown: (event: PointerEvent) => {
      const [x, y] = pointOf(event);
      grip.current = geography === null || onCard(event) ? null : { x, y, geography, moved: false };
    },
    onPointerMove: (event: PointerEvent) => {
      const [x, y] = pointOf(event);
      const held = grip.current;
      if (held === null || event.buttons === 0) {
        onHover(x, y);
        return;
      }
      held.moved ||= Math.hypot(x - held.x, y - held.y) > CLICK_PX;
      if (held.moved && held.geography.zoom > 1 && event.pointerType !== "touch") {
        const { zoom, width, height, place } = held.geography;
        show({ zoom, at: place(width / 2 + held.x - x, height / 2 + held.y - y) });
      }
    },
    onPointerUp: (event: PointerEvent) => {
      const held = grip.current;
      grip.current = null;
      if (held !== null && !held.moved) {
        onHover(...pointOf(event));
        onClick();
      }
    },
    onPointerLeave: () => {
      grip.current = null;
      onHover(-1, -1);
    },
  };
}
