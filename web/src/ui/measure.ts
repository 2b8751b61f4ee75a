let pen: CanvasRenderingContext2D | null | undefined;

/** How wide a text is drawn, in pixels, in the application's own font. Estimated where nothing can draw it. */
export function widthOf(text: string, size: number, weight = 400): number {
  if (pen === undefined) pen = typeof document === "undefined" ? null : document.createElement("canvas").getContext("2d");
  if (pen === null) return text.length * size * 0.55;
  pen.font = `${weight} ${size}px ${getComputedStyle(document.documentElement).getPropertyValue("--cf-font")}`;
  return pen.measureText(text).width;
}

/** A text that fits into so many pixels: shortened at its end, where it does not, and never to less than its first letter. */
export function cutTo(text: string, wide: number, measure: (text: string) => number): string {
  if (measure(text) <= wide) return text;
  let [fits, over] = [1, text.length];
  while (over - fits > 1) {
    const middle = (fits + over) >> 1;
    if (measure(`${text.slice(0, middle)}…`) <= wide) fits = middle;
    else over = middle;
  }
  return `${text.slice(0, fits).trimEnd()}…`;
}
