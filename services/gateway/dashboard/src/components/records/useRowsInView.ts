/** Which rows of a long list are in view: only those are in the page, however many there are. */
import { useRef, useState, type CSSProperties, type RefObject } from "react";

const SPARE = 4;
const IN_VIEW = 30;

export interface InView<Row> {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onScroll: () => void;
  /** Number of the first row that is shown. */
  readonly first: number;
  readonly shown: readonly Row[];
  /** Of all rows together, CSS pixels. */
  readonly height: number;
}

/** Rows of one height each, CSS pixels; place each with `placed`. */
export function useRowsInView<Row>(rows: readonly Row[], rowHeight: number): InView<Row> {
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [visible, setVisible] = useState(rowHeight * IN_VIEW);
  const first = Math.max(0, Math.floor(top / rowHeight) - SPARE);
  const onScroll = () => {
    if (scroller.current !== null) {
      setTop(scroller.current.scrollTop);
      setVisible(scroller.current.clientHeight);
    }
  };
  const shown = rows.slice(first, first + Math.ceil(visible / rowHeight) + 2 * SPARE);
  return { scroller, onScroll, first, shown, height: rows.length * rowHeight };
}

/** Where row number ``place`` lies, and how high it is. */
export const placed = (place: number, rowHeight: number): CSSProperties => ({ height: rowHeight, transform: `translateY(${place * rowHeight}px)` });
