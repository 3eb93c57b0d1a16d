import { readFile } from "node:fs/promises";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { expect, test } from "vitest";

test("the types are those of the server's description; `npm run api` makes them anew", async () => {
  const description = new URL("../../../openapi.json", import.meta.url);
  const generated = COMMENT_HEADER + astToString(await openapiTS(description));
  expect(await readFile(new URL("schema.d.ts", import.meta.url), "utf8")).toBe(generated);
});
