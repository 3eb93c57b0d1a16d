import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { catalogue } from "./messages";

test("every reason for which the server refuses a portrait has a sentence of its own", async () => {
  const source = await readFile(new URL("../../../crates/server/src/outside/faces.rs", import.meta.url), "utf8");
  const codes = [...source.matchAll(/MeasureError::.* => "(\w+)"/g)].map(([, code]) => code);
  expect(codes).toContain("no_face");
  expect(Object.keys(catalogue.en.portraitFaults)).toEqual(expect.arrayContaining(codes));
  expect(new Set(Object.values(catalogue.en.portraitFaults)).size).toBe(Object.keys(catalogue.en.portraitFaults).length);
});
