/** Where the caret is in a text and where the selection began, in UTF-16 units. */
export interface Selected {
  anchor: number;
  focus: number;
}

/** Tells the few parts that follow the selection of it, so that the text itself is not drawn anew as the caret moves. */
export class SelectionStore {
  #now: Selected | null = null;
  readonly #listeners = new Set<() => void>();

  snapshot = (): Selected | null => this.#now;
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
  set(next: Selected | null): void {
    if (next?.anchor === this.#now?.anchor && next?.focus === this.#now?.focus) return;
    this.#now = next;
    for (const listener of this.#listeners) listener();
  }
}

/** The place of a point of the page in a text that is drawn as stretches, each with its beginning in `data-at`. */
function unitOf(root: HTMLElement, node: Node, offset: number, units: number): number | null {
  if (!root.contains(node)) return null;
  const stretch = (node instanceof HTMLElement ? node : node.parentElement)?.closest<HTMLElement>("[data-at]");
  if (stretch === null || stretch === undefined) {
    const next = stretchesIn(root).find((other) => follows(other, node, offset));
    return next === undefined ? units : Number(next.dataset["at"]);
  }
  const at = Number(stretch.dataset["at"]);
  return at + (node.nodeType === Node.TEXT_NODE ? offset : offset > 0 ? (stretch.textContent?.length ?? 0) : 0);
}

function stretchesIn(root: HTMLElement): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>("[data-at]")];
}

/** Whether a stretch stands after a place between elements. */
function follows(stretch: HTMLElement, node: Node, offset: number): boolean {
  const range = document.createRange();
  range.setStart(node, offset);
  return range.comparePoint(stretch, 0) >= 0;
}

export function selectedIn(root: HTMLElement, units: number): Selected | null {
  const selection = document.getSelection();
  if (selection === null || selection.anchorNode === null || selection.focusNode === null) return null;
  const anchor = unitOf(root, selection.anchorNode, selection.anchorOffset, units);
  const focus = unitOf(root, selection.focusNode, selection.focusOffset, units);
  return anchor === null || focus === null ? null : { anchor, focus };
}

function placeOf(root: HTMLElement, unit: number): [Node, number] {
  let low = 0;
  const stretches = stretchesIn(root);
  let high = stretches.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (Number((stretches[middle] as HTMLElement).dataset["at"]) <= unit) low = middle;
    else high = middle - 1;
  }
  const stretch = stretches[low];
  const text = stretch?.firstChild;
  if (stretch === undefined || text === null || text === undefined) return [root, 0];
  return [text, Math.min(unit - Number(stretch.dataset["at"]), text.textContent?.length ?? 0)];
}

export function select(root: HTMLElement, { anchor, focus }: Selected): void {
  const [anchorNode, anchorOffset] = placeOf(root, anchor);
  const [focusNode, focusOffset] = placeOf(root, focus);
  document.getSelection()?.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
}
