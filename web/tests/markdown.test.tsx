import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Markdown, PlainText } from "../src/text/Markdown";
import { inline, parseMarkdown } from "../src/text/markdown";

const html = (source: string) => renderToStaticMarkup(<Markdown source={source} />).replaceAll(/ (?:class|dir|tabindex|tabIndex|aria-label|role)="[^"]*"/g, "").replace(/^<div>/, "").replace(/<\/div>$/, "");

describe("blocks", () => {
  it("draws headings below the page's own", () => {
    expect(html("# One\n## Two\n###### Six")).toBe("<h3>One</h3><h4>Two</h4><h6>Six</h6>");
  });
  it("draws nested lists and keeps the first number", () => {
    expect(html("3. a\n   - b\n   - c\n4. d")).toBe('<ol start="3"><li><p>a</p><ul><li>b</li><li>c</li></ul></li><li>d</li></ol>');
  });
  it("keeps code as it is, also when its fence is never closed", () => {
    expect(html("```js\nif (a < b) **x**\n```\nafter")).toBe("<pre><code>if (a &lt; b) **x**</code></pre><p>after</p>");
    expect(html("```\nopen")).toBe("<pre><code>open</code></pre>");
  });
  it("draws quotes, rules and tables", () => {
    expect(html("> said\n> so\n\n---")).toBe("<blockquote><p>said<br/>so</p></blockquote><hr/>");
    expect(html("| a | b |\n|---|---|\n| 1 | **2** |")).toContain("<td><strong>2</strong></td>");
  });
  it("breaks lines where the author did", () => {
    expect(html("one\ntwo\n\nthree")).toBe("<p>one<br/>two</p><p>three</p>");
  });
});

describe("emphasis", () => {
  it.each([
    ["**bold** and *soft*", "<p><strong>bold</strong> and <em>soft</em></p>"],
    ["snake_case_name stays", "<p>snake_case_name stays</p>"],
    ["2 * 3 * 4", "<p>2 * 3 * 4</p>"],
    ["\\*not soft\\*", "<p>*not soft*</p>"],
    ["**a *b* c**", "<p><strong>a <em>b</em> c</strong></p>"],
    ["`**code**`", "<p><code>**code**</code></p>"],
    ["~~gone~~", "<p><s>gone</s></p>"],
    ["unclosed **bold", "<p>unclosed **bold</p>"],
  ])("%s", (source, drawn) => expect(html(source)).toBe(drawn));
});

describe("hostile text", () => {
  it("shows HTML as text", () => {
    const drawn = html('<img src=x onerror="alert(1)"><script>alert(1)</script>');
    expect(drawn).not.toContain("<img");
    expect(drawn).not.toContain("<script");
    expect(drawn).toContain("&lt;script&gt;");
  });
  it("links nothing and loads nothing", () => {
    const drawn = html("[click](javascript:alert(1)) ![pixel](https://tracker.example/p.png) <https://a.example>");
    expect(drawn).not.toMatch(/href|src=/);
    expect(drawn).toContain("javascript:alert(1)");
    expect(drawn).toContain("image, not loaded: pixel https://tracker.example/p.png");
  });
  it.each(["*".repeat(100_000), "[".repeat(100_000), "> ".repeat(50_000), "`".repeat(99_999), "_a".repeat(50_000), "- ".repeat(50_000), "a\n".repeat(90_000)])("stays quick (%#)", (source) => {
    const begun = performance.now();
    parseMarkdown(source);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
  it("does not parse what nobody can read", () => {
    expect(parseMarkdown("**a** ".repeat(50_000))).toHaveLength(1);
  });
});

describe("places in the source", () => {
  it("knows where every text began", () => {
    const source = "# A title\n\n- **one** two \\* `three`\n\n| x | y |\n|---|---|\n| left | right |";
    const texts: { text: string; at: number }[] = [];
    const walk = (node: unknown): void => {
      if (Array.isArray(node)) node.forEach(walk);
      else if (typeof node === "object" && node !== null) {
        const item = node as { kind?: string; text?: string; at?: number };
        if ((item.kind === "text" || item.kind === "code") && item.text !== undefined && item.at !== undefined) texts.push({ text: item.text, at: item.at });
        Object.values(node).forEach(walk);
      }
    };
    walk(parseMarkdown(source));
    expect(texts.length).toBeGreaterThan(6);
    for (const { text, at } of texts) expect(source.slice(at, at + text.length)).toBe(text);
  });
  it("marks ranges across emphasis", () => {
    const drawn = renderToStaticMarkup(<Markdown source="a **b c** d" marks={[{ n: 1, start: 4, end: 11 }]} />);
    expect(drawn.match(/data-difference="1"/g)).toHaveLength(2);
    expect(drawn.match(/<sup>1<\/sup>/g)).toHaveLength(1);
  });
  it("leaves a plain text as it is", () => {
    expect(renderToStaticMarkup(<PlainText source={"**a**\n<b>"} />)).toContain("**a**\n&lt;b&gt;");
  });
  it("parses a line from an offset", () => {
    expect(inline("x", 7)).toEqual([{ kind: "text", text: "x", at: 7 }]);
  });
});
