import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { halves, Pairing } from "./pairing.svelte";

const ACCESS = { id: "j1", token: "secret" };
const START = new Date("2026-11-01T00:00:00Z");
const in5Minutes = () => new Date(Date.now() + 300_000).toISOString();
const TEXT = { en: "en", ja: "ja", "zh-Hans": "zh" };

let answers: (object | number)[];
let drawn: number;
let looks: string[];
let kept: { code: string; expiresAt: string }[];
let isDone: boolean;
let pairing: Pairing;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  [answers, drawn, looks, kept, isDone] = [[], 0, [], [], false];
  vi.stubGlobal("fetch", (path: string, { method }: RequestInit) => {
    if (method === "POST") return Promise.resolve(Response.json({ code: `CODE000${++drawn}`, expires_at: in5Minutes() }, { status: 201 }));
    looks.push(path.split("/").at(-1) ?? "");
    const next = answers.shift() ?? { state: "waiting" };
    if (next === 0) return Promise.reject(new TypeError("no network"));
    return Promise.resolve(typeof next === "number" ? Response.json({ code: next === 404 ? "not_found" : "busy" }, { status: next }) : Response.json(next));
  });
  pairing = made();
});

afterEach(() => {
  pairing.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function made(shown?: { code: string; expiresAt: string }): Pairing {
  const keep = (code: { code: string; expiresAt: string }) => Promise.resolve(void kept.push(code));
  return new Pairing(ACCESS, { kept: shown, keep, ondone: () => (isDone = true) });
}

async function after(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
}

test("a code is shown, kept, and followed once a second until the document is read", async () => {
  answers = [{ state: "waiting" }, { state: "reading" }, { state: "done" }];
  await pairing.start();
  expect([pairing.shown?.code, pairing.standing, pairing.left, kept.length]).toEqual(["CODE0001", "waiting", 300, 1]);
  await after(2);
  expect([pairing.standing, pairing.left]).toEqual(["reading", 298]);
  await after(60);
  expect([pairing.standing, isDone, looks.length]).toEqual(["done", true, 3]);
});

test("a refusal ends it, with the server's words, until the person wants another try", async () => {
  answers = [{ state: "refused", refusal: { code: "too_slow", message: TEXT, retry_allowed: true } }];
  await pairing.start();
  await after(60);
  expect([pairing.standing, pairing.refusal?.code, looks.length]).toEqual(["refused", "too_slow", 1]);
  await pairing.again();
  expect([pairing.standing, pairing.refusal, pairing.shown?.code]).toEqual(["waiting", undefined, "CODE0002"]);
});

test("a code that is over is followed by a new one, but not for ever", async () => {
  await pairing.start();
  await after(301);
  expect([pairing.shown?.code, pairing.standing]).toEqual(["CODE0002", "waiting"]);
  await after(3600);
  expect([drawn, pairing.standing]).toEqual([6, "over"]);
  const before = looks.length;
  await after(3600);
  expect(looks.length).toBe(before);
  await pairing.again();
  expect([drawn, pairing.standing]).toEqual([7, "waiting"]);
});

test("a reading that outlasts its code is followed to its end", async () => {
  await pairing.start();
  await after(290);
  answers = Array.from({ length: 60 }, () => ({ state: "reading" }));
  await after(40);
  expect([drawn, pairing.standing]).toEqual([1, "reading"]);
  answers = [{ state: "done" }];
  await after(2);
  expect(isDone).toBe(true);
});

test("a reload goes on with the code that was shown", async () => {
  pairing = made({ code: "KEPT0001", expiresAt: in5Minutes() });
  await pairing.start();
  expect([pairing.shown?.code, drawn, looks]).toEqual(["KEPT0001", 0, ["KEPT0001"]]);
  pairing.stop();
  pairing = made({ code: "OLD00001", expiresAt: START.toISOString() });
  await pairing.start();
  expect(pairing.shown?.code).toBe("CODE0001");
});

test("a code that the server has forgotten is replaced", async () => {
  answers = [404];
  await pairing.start();
  await after(1);
  expect([pairing.shown?.code, pairing.failure]).toEqual(["CODE0002", undefined]);
});

test("a device whose clock is wrong shows a code for some minutes all the same", async () => {
  vi.stubGlobal("fetch", (_: string, { method }: RequestInit) => Promise.resolve(Response.json(method === "POST" ? { code: "CODE0001", expires_at: "2026-10-01T00:05:00Z" } : { state: "waiting" })));
  await pairing.start();
  await after(60);
  expect([pairing.shown?.code, pairing.standing, pairing.left]).toEqual(["CODE0001", "waiting", 180]);
});

test("a journey that the server no longer knows is looked at again", async () => {
  answers = [401];
  await pairing.start();
  await after(1);
  expect([isDone, pairing.failure]).toMatchObject([true, { status: 401 }]);
});

test("a short outage is survived, a long one is told", async () => {
  answers = [0, 503, { state: "reading" }];
  await pairing.start();
  await after(3);
  expect([pairing.standing, pairing.failure]).toEqual(["reading", undefined]);
  answers = Array.from({ length: 30 }, () => 0);
  await after(60);
  expect(pairing.failure).toMatchObject({ code: "offline" });
});

test("nothing is asked while nobody looks, and nothing after the end", async () => {
  vi.stubGlobal("document", { visibilityState: "hidden" });
  await pairing.start();
  await after(20);
  expect(looks).toEqual([]);
  vi.stubGlobal("document", { visibilityState: "visible" });
  await after(2);
  expect(looks.length).toBe(2);
  pairing.stop();
  await after(20);
  expect(looks.length).toBe(2);
});

test("a code is read in two halves", () => {
  expect(halves("23ABCD9Z")).toEqual(["23AB", "CD9Z"]);
});
