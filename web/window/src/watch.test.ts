import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Check } from "@mibun/api-client";
import { CheckWatch } from "./watch.svelte";

class FakeEvents extends EventTarget {
  static opened: FakeEvents[] = [];
  isClosed = false;
  onerror: (() => void) | undefined;

  constructor(readonly url: string) {
    super();
    FakeEvents.opened.push(this);
  }

  close(): void {
    this.isClosed = true;
  }

  say(check: Partial<Check>): void {
    this.dispatchEvent(new MessageEvent("check", { data: JSON.stringify({ id: "c1", ...check }) }));
  }
}

/** What a tab keeps. */
class FakeStorage extends Map<string, string> {
  getItem(key: string): string | null {
    return this.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.set(key, value);
  }
}

let answers: (Response | Error)[];
let sent: unknown[];

beforeEach(() => {
  vi.useFakeTimers();
  FakeEvents.opened = [];
  sent = [];
  answers = [Response.json({ id: "c1", state: "waiting" }, { status: 201 })];
  vi.stubGlobal("EventSource", FakeEvents);
  vi.stubGlobal("sessionStorage", new FakeStorage());
  vi.stubGlobal("fetch", (_: string, init?: RequestInit) => {
    if (typeof init?.body === "string") sent.push(JSON.parse(init.body));
    const next = answers.shift() ?? new TypeError("no more answers");
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function opened() {
  const watch = new CheckWatch();
  await watch.open("hotel-checkin-jp");
  const [events] = FakeEvents.opened;
  if (!events) throw new Error("the stream was not opened");
  return { watch, events };
}

test("the stream's events move the check on, and the verdict ends the stream", async () => {
  const { watch, events } = await opened();
  expect(events.url).toBe("/api/checks/c1/events");
  events.say({ state: "scanned" });
  expect(watch.check?.state).toBe("scanned");
  events.say({ state: "verified" });
  expect([watch.isOver, events.isClosed]).toEqual([true, true]);
});

test("where the stream breaks, the server is asked instead", async () => {
  const { watch, events } = await opened();
  answers = [new TypeError("network"), Response.json({ id: "c1", state: "scanned" }), Response.json({ id: "c1", state: "refused" })];
  events.onerror?.();
  await vi.advanceTimersByTimeAsync(10);
  expect([events.isClosed, watch.isCut]).toEqual([true, true]);
  await vi.advanceTimersByTimeAsync(2000);
  expect([watch.isCut, watch.check?.state]).toEqual([false, "scanned"]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(watch.isOver).toBe(true);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(answers).toEqual([]);
});

test("a stopped watch hears nothing more", async () => {
  const { watch, events } = await opened();
  watch.stop();
  events.say({ state: "verified" });
  expect([watch.check?.state, events.isClosed]).toEqual(["waiting", true]);
});

test("a tab says which check it is done with, also after a reload", async () => {
  await opened();
  answers = [Response.json({ id: "c2", state: "waiting" }, { status: 201 }), Response.json({ id: "c3", state: "waiting" }, { status: 201 }), Response.json(requests)];
  await new CheckWatch().open("hotel-checkin-jp");
  device(() => Promise.reject(new DOMException("no", "NotAllowedError")));
  await new CheckWatch().ask("hotel-checkin-jp");
  const asked = { scene: "hotel-checkin-jp", way: "window" };
  expect(sent).toEqual([asked, { ...asked, after: "c1" }, { scene: "hotel-checkin-jp", way: "browser", format: "either", after: "c2" }]);
});

test("a check that a browser came back to is done with as any other", async () => {
  answers = [Response.json({ id: "c9", state: "verified" }), Response.json({ id: "c1", state: "waiting" }, { status: 201 })];
  await new CheckWatch().resume("c9");
  await opened();
  expect(sent).toMatchObject([{ after: "c9" }]);
});

test.each([
  ["has none", undefined],
  ["is full", { getItem: () => null, setItem: () => { throw new DOMException("full", "QuotaExceededError"); } }],
])("a check goes on where the tab's store %s", async (_, store) => {
  vi.stubGlobal("sessionStorage", store);
  const { watch } = await opened();
  expect([watch.check?.state, watch.failure, sent]).toEqual(["waiting", undefined, [{ scene: "hotel-checkin-jp", way: "window" }]]);
});

test("a check that cannot be opened says why", async () => {
  answers = [new Response(JSON.stringify({ code: "forbidden", status: 403 }), { status: 403 })];
  const watch = new CheckWatch();
  await watch.open("bank-account");
  expect(watch.failure).toMatchObject({ code: "forbidden" });
  expect(FakeEvents.opened).toEqual([]);
});

const requests = { requests: [{ protocol: "openid4vp-v1-signed", data: { request: "a.b.c" } }] };

function device(get: (options: { signal: AbortSignal }) => Promise<unknown>) {
  vi.stubGlobal("navigator", { credentials: { get } });
}

test("the answer of this device's wallet is brought back, and its verdict shown", async () => {
  answers = [Response.json({ id: "c2", state: "waiting" }, { status: 201 }), Response.json(requests), Response.json({ id: "c2", state: "verified" })];
  device(async () => ({ protocol: "openid4vp-v1-signed", data: { response: "x" } }));
  const watch = new CheckWatch();
  const asked = watch.ask("hotel-checkin-jp");
  expect(watch.isAsking).toBe(true);
  await asked;
  expect([watch.isAsking, watch.isUnanswered, watch.check?.state, watch.failure]).toEqual([false, false, "verified", undefined]);
  expect(FakeEvents.opened).toEqual([]);
});

test("a wallet that shows nothing leaves the check unanswered", async () => {
  answers = [Response.json({ id: "c2", state: "waiting" }, { status: 201 }), Response.json(requests)];
  device(() => Promise.reject(new DOMException("no", "NotAllowedError")));
  const watch = new CheckWatch();
  await watch.ask("hotel-checkin-jp");
  expect([watch.isAsking, watch.isUnanswered, watch.failure]).toEqual([false, true, undefined]);
});

test("whoever goes on to the next person closes the wallet", async () => {
  answers = [Response.json({ id: "c2", state: "waiting" }, { status: 201 }), Response.json(requests)];
  let closed = false;
  device(({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => ((closed = true), reject(signal.reason)))));
  const watch = new CheckWatch();
  const asked = watch.ask("hotel-checkin-jp");
  await vi.advanceTimersByTimeAsync(10);
  watch.stop();
  await asked;
  expect([closed, watch.isUnanswered, watch.failure]).toEqual([true, false, undefined]);
});

test("an answer that the server refuses says why", async () => {
  answers = [
    Response.json({ id: "c2", state: "waiting" }, { status: 201 }),
    Response.json(requests),
    new Response(JSON.stringify({ code: "answer_not_decrypted", status: 422 }), { status: 422 }),
  ];
  device(async () => ({ protocol: "openid4vp-v1-signed", data: { response: "x" } }));
  const watch = new CheckWatch();
  await watch.ask("hotel-checkin-jp");
  expect([watch.isUnanswered, (watch.failure as { code?: string }).code]).toEqual([false, "answer_not_decrypted"]);
});

test("an answer that got no reply is looked for before it is called lost", async () => {
  answers = [
    Response.json({ id: "c2", state: "waiting" }, { status: 201 }),
    Response.json(requests),
    new Response(JSON.stringify({ code: "busy", status: 503 }), { status: 503 }),
    Response.json({ id: "c2", state: "verified" }),
  ];
  device(async () => ({ protocol: "openid4vp-v1-signed", data: { response: "x" } }));
  const watch = new CheckWatch();
  const asked = watch.ask("hotel-checkin-jp");
  await vi.advanceTimersByTimeAsync(5000);
  await asked;
  expect([watch.check?.state, watch.failure]).toEqual(["verified", undefined]);
});
