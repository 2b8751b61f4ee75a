/**
 * Markdown as a small tree: headings, lists, emphasis, code, quotes, tables. Raw HTML has no meaning here and stays text.
 * Every piece of text knows where in the source it began, so that differences and quotes can be marked.
 */

export type Inline =
  | { kind: "text"; text: string; at: number }
  | { kind: "code"; text: string; at: number }
  | { kind: "strong" | "emphasis" | "struck"; children: Inline[] }
  | { kind: "link" | "image"; children: Inline[]; url: string; at: number }
  | { kind: "break" };

export type Block =
  | { kind: "heading"; level: number; children: Inline[] }
  | { kind: "paragraph"; children: Inline[] }
  | { kind: "code"; text: string; language: string; at: number }
  | { kind: "list"; ordered: boolean; start: number; items: Block[][] }
  | { kind: "quote"; children: Block[] }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] }
  | { kind: "rule" };

/** Texts longer than this are shown as they are: nobody reads their emphasis, and parsing stays quick. */
const MOST_PARSED = 200_000;
const MOST_DEPTH = 8;

interface Line {
  text: string;
  at: number;
}

function linesOf(source: string): Line[] {
  const lines: Line[] = [];
  let at = 0;
  for (const line of source.split("\n")) {
    lines.push({ text: line.endsWith("\r") ? line.slice(0, -1) : line, at });
    at += line.length + 1;
  }
  return lines;
}

export function parseMarkdown(source: string): Block[] {
  if (source.length > MOST_PARSED) return [{ kind: "paragraph", children: plain(source) }];
  return blocks(linesOf(source), 0);
}

function plain(source: string): Inline[] {
  return linesOf(source).flatMap((line, index): Inline[] => (index === 0 ? [text(line.text, line.at)] : [{ kind: "break" }, text(line.text, line.at)]));
}

function text(value: string, at: number): Inline {
  return { kind: "text", text: value, at };
}

const FENCE = /^ {0,3}(```+|~~~+)\s*([\w+#.-]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})(?:\s+|$)/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])(?:\s+|$)/;
const QUOTE = /^ {0,3}> ?/;
const DIVIDER = /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/;

function blocks(lines: Line[], depth: number): Block[] {
  const out: Block[] = [];
  let i = 0;
  while (i < lines.length) {
    const line = lines[i] as Line;
    if (line.text.trim() === "") {
      i += 1;
      continue;
    }
    const taken = fence(lines, i) ?? heading(line) ?? rule(line) ?? (depth < MOST_DEPTH ? (quote(lines, i, depth) ?? list(lines, i, depth)) : null) ?? table(lines, i) ?? paragraph(lines, i);
    out.push(taken.block);
    i += taken.lines;
  }
  return out;
}

interface Taken {
  block: Block;
  lines: number;
}

function fence(lines: Line[], from: number): Taken | null {
  const open = FENCE.exec(lines[from]?.text ?? "");
  if (open === null) return null;
  const mark = open[1] as string;
  let end = from + 1;
  while (end < lines.length && !(lines[end] as Line).text.trimStart().startsWith(mark)) end += 1;
  const body = lines.slice(from + 1, end);
  return { block: { kind: "code", text: body.map((line) => line.text).join("\n"), language: open[2] ?? "", at: body[0]?.at ?? 0 }, lines: Math.min(end + 1, lines.length) - from };
}

function heading(line: Line): Taken | null {
  const found = HEADING.exec(line.text);
  if (found === null) return null;
  const rest = line.text.slice(found[0].length).replace(/\s+#+\s*$/, "");
  return { block: { kind: "heading", level: (found[1] as string).length, children: inline(rest, line.at + found[0].length) }, lines: 1 };
}

function rule(line: Line): Taken | null {
  return RULE.test(line.text) ? { block: { kind: "rule" }, lines: 1 } : null;
}

function quote(lines: Line[], from: number, depth: number): Taken | null {
  const inner: Line[] = [];
  let i = from;
  for (; i < lines.length; i += 1) {
    const line = lines[i] as Line;
    const mark = QUOTE.exec(line.text);
    if (mark === null) break;
    inner.push({ text: line.text.slice(mark[0].length), at: line.at + mark[0].length });
  }
  return inner.length === 0 ? null : { block: { kind: "quote", children: blocks(inner, depth + 1) }, lines: inner.length };
}

function list(lines: Line[], from: number, depth: number): Taken | null {
  const first = ITEM.exec((lines[from] as Line).text);
  if (first === null) return null;
  const indent = (first[1] as string).length;
  const ordered = /\d/.test(first[2] as string);
  const items: Line[][] = [];
  let i = from;
  while (i < lines.length) {
    const line = lines[i] as Line;
    const mark = ITEM.exec(line.text);
    const own = mark !== null && (mark[1] as string).length <= indent + 1;
    if (own && /\d/.test(mark[2] as string) !== ordered) break;
    if (own) {
      items.push([{ text: line.text.slice(mark[0].length), at: line.at + mark[0].length }]);
    } else if (line.text.trim() === "") {
      if (!continues(lines[i + 1], indent)) break;
      items.at(-1)?.push({ text: "", at: line.at });
    } else if (/^\s/.test(line.text)) {
      const cut = Math.min(line.text.length - line.text.trimStart().length, indent + 2);
      items.at(-1)?.push({ text: line.text.slice(cut), at: line.at + cut });
    } else break;
    i += 1;
  }
  return { block: { kind: "list", ordered, start: Number.parseInt(first[2] as string, 10) || 1, items: items.map((item) => blocks(item, depth + 1)) }, lines: i - from };
}

function continues(next: Line | undefined, indent: number): boolean {
  if (next === undefined) return false;
  const mark = ITEM.exec(next.text);
  if (mark !== null) return true;
  return next.text.length - next.text.trimStart().length > indent && next.text.trim() !== "";
}

function cells(line: Line): Inline[][] {
  const out: Inline[][] = [];
  let at = line.at;
  let body = line.text;
  const lead = /^\s*\|/.exec(body);
  if (lead !== null) {
    at += lead[0].length;
    body = body.slice(lead[0].length);
  }
  body = body.replace(/\|\s*$/, "");
  for (const cell of body.split("|")) {
    const padding = cell.length - cell.trimStart().length;
    out.push(inline(cell.trim(), at + padding));
    at += cell.length + 1;
  }
  return out;
}

function table(lines: Line[], from: number): Taken | null {
  const head = lines[from] as Line;
  const divider = lines[from + 1];
  if (divider === undefined || !head.text.includes("|") || !divider.text.includes("|") || !DIVIDER.test(divider.text)) return null;
  let end = from + 2;
  while (end < lines.length && (lines[end] as Line).text.includes("|")) end += 1;
  return { block: { kind: "table", head: cells(head), rows: lines.slice(from + 2, end).map(cells) }, lines: end - from };
}

function startsBlock(line: Line): boolean {
  return line.text.trim() === "" || FENCE.test(line.text) || HEADING.test(line.text) || RULE.test(line.text) || QUOTE.test(line.text) || /^ {0,3}([-*+]|\d{1,9}[.)])\s+\S/.test(line.text);
}

function paragraph(lines: Line[], from: number): Taken {
  let end = from + 1;
  while (end < lines.length && !startsBlock(lines[end] as Line)) end += 1;
  const children = lines.slice(from, end).flatMap((line, index): Inline[] => [...(index === 0 ? [] : [{ kind: "break" } as const]), ...inline(line.text, line.at)]);
  return { block: { kind: "paragraph", children }, lines: end - from };
}

const WRAPS = [
  ["**", "strong"],
  ["__", "strong"],
  ["~~", "struck"],
  ["*", "emphasis"],
  ["_", "emphasis"],
] as const;

/** One line's emphasis, code and links. `at` is where the line begins in the source. */
export function inline(source: string, at: number, depth = 0): Inline[] {
  const out: Inline[] = [];
  let begin = 0;
  let i = 0;
  const flush = (end: number) => {
    if (end > begin) out.push(text(source.slice(begin, end), at + begin));
  };
  while (i < source.length) {
    const next = /[\\`*_~[!]/.exec(source.slice(i, i + 4096));
    if (next === null) {
      i = Math.min(source.length, i + 4096);
      continue;
    }
    i += next.index;
    const taken = depth < MOST_DEPTH ? piece(source, i, at, depth) : null;
    if (taken === null) {
      i += 1;
      continue;
    }
    flush(i);
    out.push(taken.node);
    i += taken.length;
    begin = i;
  }
  flush(source.length);
  return out;
}

function piece(source: string, i: number, at: number, depth: number): { node: Inline; length: number } | null {
  const c = source[i] as string;
  if (c === "\\") return /^[\\`*_~[\]()!#|<>{}+.-]$/.test(source[i + 1] ?? "") ? { node: text(source[i + 1] as string, at + i + 1), length: 2 } : null;
  if (c === "`") return codeSpan(source, i, at);
  if (c === "[" || c === "!") return link(source, i, at, depth);
  for (const [mark, kind] of WRAPS) {
    if (!source.startsWith(mark, i)) continue;
    const end = closing(source, i, mark);
    if (end === -1) return null;
    return { node: { kind, children: inline(source.slice(i + mark.length, end), at + i + mark.length, depth + 1) }, length: end + mark.length - i };
  }
  return null;
}

function closing(source: string, i: number, mark: string): number {
  const first = source[i + mark.length];
  if (first === undefined || /\s/.test(first)) return -1;
  if (mark.startsWith("_") && /\w/.test(source[i - 1] ?? "")) return -1;
  let end = source.indexOf(mark, i + mark.length + 1);
  for (let tries = 0; end !== -1 && tries < 50; tries += 1) {
    const before = source[end - 1] ?? "";
    const after = source[end + mark.length] ?? "";
    const inWord = mark.startsWith("_") && /\w/.test(after);
    const longer = mark.length === 1 && (after === mark || before === mark);
    if (!/\s/.test(before) && !inWord && !longer) return end;
    end = source.indexOf(mark, end + (longer && after === mark ? 2 : 1));
  }
  return -1;
}

function codeSpan(source: string, i: number, at: number): { node: Inline; length: number } | null {
  const mark = (/^`+/.exec(source.slice(i, i + 16)) as RegExpExecArray)[0];
  const end = source.indexOf(mark, i + mark.length);
  if (end === -1) return null;
  return { node: { kind: "code", text: source.slice(i + mark.length, end), at: at + i + mark.length }, length: end + mark.length - i };
}

function link(source: string, i: number, at: number, depth: number): { node: Inline; length: number } | null {
  const image = source[i] === "!";
  const found = /^!?\[([^[\]]{0,1000})\]\(\s*<?([^\s()<>]{0,2000}(?:\([^\s()]{0,500}\)[^\s()<>]{0,500})?)>?(?:\s+"[^"]{0,500}")?\s*\)/.exec(source.slice(i, i + 4000));
  if (found === null) return null;
  const label = found[1] as string;
  const labelAt = i + (image ? 2 : 1);
  return { node: { kind: image ? "image" : "link", children: inline(label, at + labelAt, depth + 1), url: found[2] as string, at: at + i + found[0].lastIndexOf(found[2] as string) }, length: found[0].length };
}
