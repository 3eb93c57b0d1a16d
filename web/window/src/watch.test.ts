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

let answers: (Response | Error)[];

beforeEach(() => {
  vi.useFakeTimers();
  FakeEvents.opened = [];
  answers = [Response.json({ id: "c1", state: "waiting" }, { status: 201 })];
  vi.stubGlobal("EventSource", FakeEvents);
  vi.stubGlobal("fetch", () => {
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

test("a check that cannot be opened says why", async () => {
  answers = [new Response(JSON.stringify({ code: "forbidden", status: 403 }), { status: 403 })];
  const watch = new CheckWatch();
  await watch.open("bank-account");
  expect(watch.failure).toMatchObject({ code: "forbidden" });
  expect(FakeEvents.opened).toEqual([]);
});
