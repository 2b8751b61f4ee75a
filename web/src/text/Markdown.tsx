import { Fragment, memo, useMemo, type ReactNode } from "react";
import { parseMarkdown, type Block, type Inline } from "./markdown";
import { sliceByMarks, type Mark } from "./marks";
import classes from "./Markdown.module.css";

interface TextProps {
  source: string;
  /** Ranges of the source to mark, in order, not overlapping. */
  marks?: readonly Mark[];
  side?: "a" | "b";
  /** The mark that was stepped to. */
  current?: number | null;
  /** The level of the first heading, so that headings in a text fit into the page's. */
  baseLevel?: number;
}

/** Markdown as React elements. No HTML is interpreted and nothing is fetched: links and images are shown as text with their address. */
export const Markdown = memo(function Markdown({ source, marks = [], side = "a", current = null, baseLevel = 3 }: TextProps) {
  const tree = useMemo(() => parseMarkdown(source), [source]);
  const painter: Painter = { marks, side, current, baseLevel };
  return <div className={classes["text"]} dir="auto">{tree.map((block, index) => <Fragment key={index}>{paintBlock(block, painter)}</Fragment>)}</div>;
});

/** The source as it is, with its line breaks. */
export const PlainText = memo(function PlainText({ source, marks = [], side = "a", current = null, code = false }: TextProps & { code?: boolean }) {
  const painter: Painter = { marks, side, current, baseLevel: 3 };
  return <div className={code ? classes["codeText"] : classes["plain"]} dir="auto">{paintText(source, 0, painter)}</div>;
});

interface Painter {
  marks: readonly Mark[];
  side: "a" | "b";
  current: number | null;
  baseLevel: number;
}

function paintBlock(block: Block, painter: Painter): ReactNode {
  switch (block.kind) {
    case "heading": {
      const level = Math.min(6, painter.baseLevel + block.level - 1);
      const Tag = `h${level}` as "h3";
      return <Tag className={block.level === 1 ? classes["h1"] : classes["h2"]}>{paintInline(block.children, painter)}</Tag>;
    }
    case "paragraph":
      return <p>{paintInline(block.children, painter)}</p>;
    case "code":
      return <pre tabIndex={0} aria-label={block.language === "" ? "code" : `code in ${block.language}`}><code>{paintText(block.text, block.at, painter)}</code></pre>;
    case "quote":
      return <blockquote>{block.children.map((child, index) => <Fragment key={index}>{paintBlock(child, painter)}</Fragment>)}</blockquote>;
    case "rule":
      return <hr />;
    case "table":
      return (
        <div className={classes["table"]} tabIndex={0} role="group" aria-label="table">
          <table>
            <thead><tr>{block.head.map((cell, index) => <th key={index} scope="col">{paintInline(cell, painter)}</th>)}</tr></thead>
            <tbody>{block.rows.map((row, index) => <tr key={index}>{row.map((cell, column) => <td key={column}>{paintInline(cell, painter)}</td>)}</tr>)}</tbody>
          </table>
        </div>
      );
    case "list": {
      const items = block.items.map((item, index) => <li key={index}>{paintItem(item, painter)}</li>);
      return block.ordered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>;
    }
  }
}

function paintItem(item: Block[], painter: Painter): ReactNode {
  return item.map((block, index) => <Fragment key={index}>{block.kind === "paragraph" && item.length === 1 ? paintInline(block.children, painter) : paintBlock(block, painter)}</Fragment>);
}

function paintInline(nodes: Inline[], painter: Painter): ReactNode {
  return nodes.map((node, index) => <Fragment key={index}>{paintNode(node, painter)}</Fragment>);
}

function paintNode(node: Inline, painter: Painter): ReactNode {
  switch (node.kind) {
    case "text":
      return paintText(node.text, node.at, painter);
    case "code":
      return <code>{paintText(node.text, node.at, painter)}</code>;
    case "strong":
      return <strong>{paintInline(node.children, painter)}</strong>;
    case "emphasis":
      return <em>{paintInline(node.children, painter)}</em>;
    case "struck":
      return <s>{paintInline(node.children, painter)}</s>;
    case "break":
      return <br />;
    case "link":
      return <>{paintInline(node.children, painter)} <span className={classes["url"]}>({paintText(node.url, node.at, painter)})</span></>;
    case "image":
      return <span className={classes["url"]}>[image, not loaded: {paintInline(node.children, painter)} {paintText(node.url, node.at, painter)}]</span>;
  }
}

function paintText(text: string, at: number, painter: Painter): ReactNode {
  if (painter.marks.length === 0) return text;
  return sliceByMarks(text, at, painter.marks).map((piece) =>
    piece.mark === null ? (
      <Fragment key={piece.at}>{piece.text}</Fragment>
    ) : (
      <mark key={piece.at} className={classes[painter.side]} data-difference={piece.mark} data-current={piece.mark === painter.current || undefined}>
        {piece.first && <sup>{piece.mark}</sup>}
        {piece.text}
      </mark>
    ),
  );
}
