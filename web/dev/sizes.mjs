// Says what the first screen weighs, gzipped, and fails above the limit.
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_KIB = 350;
const dist = new URL("../dist/", import.meta.url);
const html = readFileSync(new URL("index.html", dist), "utf8");
const size = (name) => gzipSync(readFileSync(new URL(name, dist))).length / 1024;
const first = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => match[1]);
const entry = first.reduce((sum, name) => sum + size(name), 0);
const rows = readdirSync(new URL("assets/", dist))
  .filter((name) => /\.(js|css)$/.test(name))
  .map((name) => ({ name, kib: size(`assets/${name}`) }))
  .toSorted((a, b) => b.kib - a.kib);
for (const row of rows) console.log(`${row.kib.toFixed(1).padStart(7)} KiB  ${row.name}`);
const worst = rows.filter((row) => row.name.endsWith(".js") && !first.includes(`assets/${row.name}`))[0]?.kib ?? 0;
console.log(`first load ${entry.toFixed(1)} KiB; with the largest route ${(entry + worst).toFixed(1)} KiB of ${LIMIT_KIB} KiB`);
if (entry + worst > LIMIT_KIB) process.exit(1);
