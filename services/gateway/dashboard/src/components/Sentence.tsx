/** An event in words, names standing out. */
import { memo } from "react";
import { sentenceOf } from "../lib/sentences/index.ts";
import type { CityEvent } from "../lib/types.ts";

/** A number and its unit are not parted where a line ends. */
const bound = (text: string): string => text.replaceAll(/(\d) (?=(?:%|km|min|s|h|°C)(?![\w°]))/g, "$1\u00a0");

export const Sentence = memo(function Sentence({ event }: { readonly event: CityEvent }) {
  return sentenceOf(event).map((part, index) =>
    typeof part === "string" ? bound(part) : <b key={index}>{part.strong}</b>,
  );
});
