import "fake-indexeddb/auto";
import { afterEach, expect, test } from "vitest";
import { eraseAll } from "./database";
import { closeRequest, keepRequest, noteRequest, refuseRequest } from "./requests";

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

const HOUR = 3600;

test.each<[string, number | undefined, number]>([
  ["that ends later", NOW + 50 * HOUR, 50 * HOUR],
  ["that never ends", undefined, 720 * HOUR],
  ["that ends in years", NOW + 100_000 * HOUR, 720 * HOUR],
  ["that has ended", NOW - 30, HOUR],
])("that a request %s was refused is known for as long", async (_, expiresAt, seconds) => {
  await keepRequest("r1", NOW);
  expect(await refuseRequest("r1", { fault: "request_unsupported", expiresAt }, NOW)).toBe(true);
  const { isAnswered, refused, until } = await keepRequest("r1", NOW + seconds - 1);
  expect([isAnswered, refused, until]).toEqual([true, "request_unsupported", NOW + seconds]);
  expect((await keepRequest("r1", NOW + seconds)).isAnswered).toBeUndefined();
});
