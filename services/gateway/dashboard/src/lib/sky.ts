/** Conditions of the sky and their icons. */
import type { IconName } from "../components/Icon.tsx";

export const SKIES: Readonly<Record<string, IconName>> = {
  clear: "sun", cloudy: "cloud", rain: "rain", snow: "snow", storm: "storm", fog: "fog",
};
