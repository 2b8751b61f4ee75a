import { count, moment } from "../ui/format";
import { CLASSES, MEANING, sum, type Counts } from "./classes";
import { combinedOf, countsOf, isoOf, isWitnessed, ranWords, type Micros, type Report } from "./report";

/** Text that is not markup, whatever it holds; direction marks stay within it. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const INK: Record<string, string> = { altered: "#7d0f3e", touched: "#a83606", leased: "#855000", held: "#66543a", unknown: "#5134a6", reachable: "#1a5f98", untouched: "#566571" };
/** How each class is drawn in black on white: its pattern says it on any printer. */
const FILL: Record<string, string> = { altered: "url(#a)", touched: "#c8430b", leased: "url(#l)", held: "url(#h)", unknown: "url(#u)", reachable: "url(#r)", untouched: "#fff" };

const PATTERNS = `<svg width="0" height="0" aria-hidden="true"><defs>
<pattern id="a" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#7d0f3e"/><path d="M0 0H6M0 0V6" stroke="#c77a98" stroke-width="2"/></pattern>
<pattern id="l" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#fdeccd"/><rect width="5" height="3" fill="#d58100"/></pattern>
<pattern id="h" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#f5efe3"/><rect width="2" height="6" fill="#776449"/></pattern>
<pattern id="u" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect width="8" height="8" fill="#ece6fb"/><rect width="8" height="3" fill="#5b3db4"/></pattern>
<pattern id="r" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#e4f0f9"/><circle cx="3" cy="3" r="1" fill="#1f6ba8"/></pattern>
</defs></svg>`;

const STYLE = `body{font:14px/21px system-ui,sans-serif;color:#111d27;background:#fff;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:24px;line-height:30px;margin:0 0 4px}h2{font-size:16px;margin:28px 0 6px}h3{font-size:14px;margin:16px 0 4px}
table{border-collapse:collapse;width:100%}th,td{text-align:right;padding:4px 8px 4px 0;border-top:1px solid #d6dde2;font-weight:400;vertical-align:top}
th:first-child,td:first-child,.t td,.t th{text-align:left}thead th{border:0;font-weight:600}.q{color:#566571}.w{border:1px dashed #5134a6;color:#5134a6;padding:0 6px;font-weight:600;letter-spacing:.04em}
code{font:12px/18px ui-monospace,monospace;overflow-wrap:anywhere}svg{display:block;margin:6px 0}li{margin:0 0 4px}
@media print{body{margin:0;max-width:none}h2,h3{break-after:avoid}tr,li{break-inside:avoid}}`;

/** A report as one page to read and to print: nothing is fetched, nothing runs, and it proves nothing by itself. */
export function printable(report: Report, { lab, nameOf }: { lab: string; nameOf: (project: string) => string }): string {
  const combined = combinedOf(report);
  const windows = (["narrowest", "chosen", "widest"] as const).flatMap((name) => (combined[name] === null ? [] : [{ name, ...combined[name] }]));
  const last = windows.find((item) => item.name === "chosen") ?? windows.at(-1);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Exposure of ${escaped(lab)} in ${escaped(report.case.incident)}</title><style>${STYLE}</style></head>
<body>${PATTERNS}
<h1>What befell the data of ${escaped(lab)}</h1>
<p>${isWitnessed(report) ? `Witnessed by ${escaped((report.witness as string[]).join(", "))}` : '<span class="w">? UNWITNESSED</span> nobody but the platform has confirmed that this is the only ledger'}.</p>
<p class="q">Incident ${escaped(report.case.incident)}. Made ${full(report.made_at)} over entries 0 to ${count(report.ledger.size - 1)} of <code>${escaped(report.ledger.origin)}</code>, root <code>${escaped(report.ledger.root)}</code>. This page is for reading; the signed file of the same report is what counts.</p>
<h2>In all</h2>
${last === undefined ? "<p>No source claims a window yet.</p>" : `${bar(last.counts)}<p class="q">${escaped(last.name)} window; thin parts are widened.</p>`}
${table("window", windows.map((item) => [item.name, item.counts]))}
<h2>By project, ${escaped(last?.name ?? "no")} window</h2>
${table("project", [...(last?.projects ?? [])].map(([id, counts]) => [nameOf(id), counts]))}
<h2>By subject</h2>
${report.results.map((result) => subject(report, result)).join("\n") || "<p>None has a result.</p>"}
<h2>What sources claim of when it was</h2>
<table class="t"><thead><tr><th>source</th><th>window</th></tr></thead><tbody>${report.case.availability.map((claim) => `<tr><td>${escaped(claim.source)}</td><td>${span(claim.window)}</td></tr>`).join("")}</tbody></table>
<h2>What the words mean</h2>
<ul>${CLASSES.map((name) => `<li><b>${name}</b>: ${escaped(MEANING[name])}</li>`).join("")}</ul>
<h2>What it does not prove</h2>
<ul>${report.limits.map((limit) => `<li>${escaped(limit)}</li>`).join("")}</ul>
<h2>To check it</h2>
<p><code>cofferdam ledger export ${escaped(report.lab)} ledger/</code><br><code>cofferdam verify REPORT.json --ledger ledger/ --vkey KEY</code></p>
</body></html>
`;
}

function full(micros: number): string {
  return `${moment(isoOf(micros), { now: new Date(0), seconds: true })} UTC`;
}

function span(window: Micros): string {
  return `${full(window.from)} to ${window.to === null ? "no end known" : full(window.to)}`;
}

function table(head: string, rows: [string, Counts][]): string {
  const cells = (counts: Counts) => CLASSES.map((name) => `<td>${count(counts[name])}</td>`).join("");
  return `<table><thead><tr><th>${head}</th>${CLASSES.map((name) => `<th>${name}</th>`).join("")}</tr></thead><tbody>${rows.map(([name, counts]) => `<tr><th>${escaped(name)}</th>${cells(counts)}</tr>`).join("")}</tbody></table>`;
}

function subject(report: Report, result: Report["results"][number]): string {
  const window = result.windows.chosen ?? result.windows.widest;
  const stated = report.case.subjects.find((item) => item.pseudonym === result.subject && item.kind === result.kind);
  const rows = (["narrowest", "chosen", "widest"] as const).flatMap((name): [string, Counts][] => { const one = result.windows[name]; return one === null ? [] : [[name, countsOf(one.totals)]]; });
  const ran = (window?.ran ?? []).map((item) => `<li>${span(item.during)}: ${escaped(ranWords(item.known, item.why))}</li>`).join("");
  return `<h3>${escaped(result.kind)} <code>${escaped(result.subject)}</code></h3>
<p>Exposed: ${window === null || window.exposed === null ? "not within this window" : span(window.exposed)}.${stated?.rebuilt === null || stated?.rebuilt === undefined ? "" : ` Declared rebuilt ${full(stated.rebuilt)}.`}</p>
${ran === "" ? "" : `<ul>${ran}</ul>`}${table("window", rows)}`;
}

function bar(counts: Counts): string {
  const total = sum(counts);
  const shares = CLASSES.filter((name) => counts[name] > 0).map((name) => ({ name, share: Math.max(counts[name] / total, 0.02) }));
  const all = shares.reduce((n, item) => n + item.share, 0);
  let x = 0;
  const parts = shares.map(({ name, share }) => {
    const wide = (share / all) * 900;
    const at = x;
    x += wide;
    return `<rect x="${at.toFixed(1)}" y="1" width="${Math.max(1, wide - 3).toFixed(1)}" height="36" fill="${FILL[name]}" stroke="${INK[name]}"/>`;
  });
  return `<svg viewBox="0 0 900 38" width="100%" role="img" aria-label="${CLASSES.filter((name) => counts[name] > 0).map((name) => `${count(counts[name])} ${name}`).join(", ")}">${parts.join("")}</svg>`;
}
