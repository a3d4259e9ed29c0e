/** An event in words, names standing out. */
import { memo } from "react";
import { sentenceOf } from "../lib/sentences/index.ts";
import type { CityEvent } from "../lib/types.ts";

export const Sentence = memo(function Sentence({ event }: { readonly event: CityEvent }) {
  return sentenceOf(event).map((part, index) =>
    typeof part === "string" ? part : <b key={index}>{part.strong}</b>,
  );
});
