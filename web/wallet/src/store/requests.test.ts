import "fake-indexeddb/auto";
import { afterEach, expect, test } from "vitest";
import { eraseAll } from "./database";
import { closeRequest, keepRequest, noteRequest } from "./requests";

const NOW = 1_790_000_000;

afterEach(eraseAll);

test("a request is met again under the nonce of the first time, by every tab", async () => {
  const [first, second] = await Promise.all([keepRequest("r1", NOW), keepRequest("r1", NOW)]);
  expect(second.nonce).toBe(first.nonce);
  expect(first.nonce).toMatch(/^[\w-]{22,}$/);
  expect((await keepRequest("r2", NOW)).nonce).not.toBe(first.nonce);
});

test("what became of it is kept until it is answered, then only that it was", async () => {
  await keepRequest("r1", NOW);
  const answer = { uri: "https://id.example/vp/responses/1", form: "response=x", isSealed: true };
  await noteRequest("r1", { object: "a.b.c", until: NOW + 300, ready: { answer, paths: [["family_name"]] } });
  expect(await keepRequest("r1", NOW)).toMatchObject({ object: "a.b.c", ready: { answer } });
  await closeRequest("r1");
  const { nonce: _, ...closed } = await keepRequest("r1", NOW);
  expect(closed).toEqual({ id: "r1", until: NOW + 300, isAnswered: true });
});

test("a request that is over is forgotten, whichever is asked for", async () => {
  const old = await keepRequest("r1", NOW);
  await noteRequest("r1", { until: NOW + 300 });
  await keepRequest("r2", NOW + 300);
  expect((await keepRequest("r1", NOW + 300)).nonce).not.toBe(old.nonce);
  await noteRequest("r3", { until: NOW + 900 });
  expect((await keepRequest("r3", NOW)).until).toBe(NOW + 3600);
});
