// Writes the types of the API's document: `npm run api`; with `--check`, only says whether they are stale.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const source = new URL("../../docs/openapi.json", import.meta.url);
const target = new URL("../src/api/schema.ts", import.meta.url);
const document = JSON.parse(readFileSync(source, "utf8"));
// Without their names operations are written where they are used, and a renamed one changes nothing here.
for (const path of Object.values(document.paths)) for (const operation of Object.values(path)) delete operation.operationId;
const text = `/* Generated from docs/openapi.json by \`npm run api\`. */\n\n${astToString(await openapiTS(document))}`;
if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (readFileSync(target, "utf8") !== text) {
  console.error("src/api/schema.ts is stale: run `npm run api` in web/ and commit the result.");
  process.exit(1);
}
