/** Hands the page's source to its features. */
import { createContext, useContext } from "react";
import type { Luna } from "./luna.ts";

export const LunaContext = createContext<Luna | null>(null);

export function useLuna(): Luna {
  const luna = useContext(LunaContext);
  if (luna === null) {
    throw new Error("there is no LunaContext above this component");
  }
  return luna;
}
