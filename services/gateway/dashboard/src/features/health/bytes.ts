/** Bytes as people inspect them: offset, hex, and what is readable. */
export interface HexLine {
  readonly offset: string;
  readonly hex: string;
  readonly text: string;
}

const WIDTH = 16;

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

export function hexLines(bytes: Uint8Array): HexLine[] {
  return Array.from({ length: Math.ceil(bytes.length / WIDTH) }, (_, line) => {
    const row = [...bytes.subarray(line * WIDTH, (line + 1) * WIDTH)];
    return {
      offset: (line * WIDTH).toString(16).padStart(4, "0"),
      hex: row.map((byte) => byte.toString(16).padStart(2, "0")).join(" "),
      text: row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·")).join(""),
    };
  });
}
