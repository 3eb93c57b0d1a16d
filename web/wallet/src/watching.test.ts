import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Collecting } from "./collecting.svelte";
import { TestService } from "./protocol/testing/service";
import { eraseAll } from "./store/database";
import { keepWaiting, listWaiting, noteWaiting, type WaitingCard } from "./store/waiting";
import { Watching, type Arrival } from "./watching.svelte";

let service: TestService;
let watching: Watching;
let isFree: boolean;
let arrivals: Arrival[];

beforeEach(async () => {
  vi.useFakeTimers({ now: new Date("2026-11-01T00:00:00Z"), toFake: ["Date", "setTimeout", "clearTimeout"], shouldAdvanceTime: false });
  service = await TestService.make();
  service.bends = { refreshes: true, isDeferred: true };
  vi.stubGlobal("fetch", service.fetch);
  [isFree, arrivals] = [true, []];
  watching = new Watching({ origin: () => service.origin, isFree: () => isFree, onArrived: async (arrival) => void arrivals.push(arrival) });
  await new Collecting({ uri: service.offer, code: "123456" }, { origin: service.origin, level: "light" }).look();
  await watching.start();
});

afterEach(async () => {
  watching.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await eraseAll();
});

/** Lets time pass, and everything happen that then happens. */
async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  await vi.waitFor(() => expect(watching.looking).toBeUndefined());
}

const asks = () => service.askedAgain.length;

test("an open page asks as often as the issuer likes, and the card comes by itself", async () => {
  await pass(59);
  expect(asks()).toBe(0);
  await pass(2);
  await vi.waitFor(() => expect(asks()).toBe(1));
  await pass(30);
  expect(asks()).toBe(1);
  delete service.bends.isDeferred;
  await pass(60);
  await vi.waitFor(() => expect(arrivals).toHaveLength(1));
  expect([asks(), arrivals[0]?.access?.token, watching.arrived, watching.cards, await listWaiting()]).toEqual([2, "access-1", arrivals[0]?.id, [], []]);
});

test("beside a question of somebody's nobody is asked, and afterwards soon", async () => {
  isFree = false;
  await pass(600);
  expect(asks()).toBe(0);
  isFree = true;
  await pass(16);
  await vi.waitFor(() => expect(asks()).toBe(1));
});

test("what a person wishes is asked at once, and why it leads nowhere is said", async () => {
  const [card] = watching.cards;
  await watching.look(card?.id ?? "");
  expect([asks(), watching.failure]).toEqual([1, undefined]);
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  await watching.look(card?.id ?? "");
  expect(watching.failure).toMatchObject({ id: card?.id, error: { fault: "offline" } });
  vi.stubGlobal("fetch", service.fetch);
  await watching.look(card?.id ?? "");
  expect(watching.failure).toBeUndefined();
});

test("a page without a person asks a number of times, and then waits for one", async () => {
  for (let minute = 0; minute < 140; minute++) await pass(61);
  expect(asks()).toBe(120);
  await watching.look(watching.cards[0]?.id ?? "");
  await pass(61);
  await vi.waitFor(() => expect(asks()).toBe(122));
});

test("whoever gives up is asked about no more", async () => {
  await watching.giveUp(watching.cards[0]?.id ?? "");
  await pass(600);
  expect([asks(), watching.cards, await listWaiting()]).toEqual([0, [], []]);
});

test.each<[string, Partial<WaitingCard>, boolean]>([
  ["that fresh copies were denied stays known", { renews: "card-1", ended: "card_denied" }, true],
  ["that fresh copies came to nothing goes", { renews: "card-1", ended: "not_awaited" }, false],
  ["that a card was denied goes", { ended: "card_denied" }, false],
])("of a note that is removed nothing is shown: %s", async (_, note, isKnown) => {
  const id = watching.cards[0]?.id ?? "";
  await noteWaiting(id, { ...note, open: undefined });
  await watching.load();
  expect(watching.cards).toHaveLength(1);
  await watching.giveUp(id);
  expect([watching.cards, (await listWaiting()).map((one) => one.id)]).toEqual([[], isKnown ? [id] : []]);
});

test("a question that comes between two cards keeps the second from being asked for", async () => {
  const [card] = await listWaiting();
  await keepWaiting({ ...(card ?? expect.fail()), id: "another" });
  await watching.start();
  service.more["/deferred_credential"] = () => {
    isFree = false;
    return new Response(null, { status: 503 });
  };
  const { fetch } = service;
  let asked = 0;
  vi.stubGlobal("fetch", (...request: Parameters<typeof fetch>) => {
    if (String(request[0]).endsWith("/deferred_credential")) asked++;
    return fetch(...request);
  });
  await pass(61);
  await vi.waitFor(() => expect(asked).toBe(1));
  await pass(300);
  expect(asked).toBe(1);
  isFree = true;
  await pass(16);
  await vi.waitFor(() => expect(asked).toBe(2));
});

test("a clock that was set back makes the page neither ask nor wake without end", async () => {
  const [card] = await listWaiting();
  if (!card?.open) throw new Error("nothing is waited for");
  await noteWaiting(card.id, { open: { ...card.open, askAfter: Date.now() / 1000 + 40 * 86_400 } });
  const timers = vi.spyOn(globalThis, "setTimeout");
  await watching.start();
  await pass(3 * 3600);
  expect([asks(), timers.mock.calls.every(([, pause = 0]) => pause <= 3_600_000), timers.mock.calls.length <= 5]).toEqual([0, true, true]);
  timers.mockRestore();
});

test("of looks by itself the page says nothing, of one that a person wished what came of it", async () => {
  const id = watching.cards[0]?.id ?? "";
  await pass(61);
  await vi.waitFor(() => expect(asks()).toBe(1));
  expect(watching.wish).toBeUndefined();
  const look = watching.look(id);
  expect(watching.wish).toEqual({ id, state: "looking" });
  await look;
  expect(watching.wish).toEqual({ id, state: "waits" });
  delete service.bends.isDeferred;
  await watching.look(id);
  expect([watching.wish, watching.arrived]).toEqual([{ id, state: "arrived" }, id]);
  watching.greet("another");
  expect(watching.arrived).toBe(id);
  watching.greet(id);
  expect(watching.arrived).toBeUndefined();
});

test("what a person wishes while the page asks by itself is asked afterwards, once", async () => {
  const id = watching.cards[0]?.id ?? "";
  let release: (() => void) | undefined;
  const { fetch } = service;
  vi.stubGlobal("fetch", async (...request: Parameters<typeof fetch>) => {
    if (String(request[0]).endsWith("/deferred_credential") && asks() === 0) await new Promise<void>((done) => (release = done));
    return fetch(...request);
  });
  await vi.advanceTimersByTimeAsync(61_000);
  await vi.waitFor(() => expect(release).toBeDefined());
  const both = Promise.all([watching.look(id), watching.look(id)]);
  expect([asks(), watching.wish?.state]).toEqual([0, "looking"]);
  release?.();
  await both;
  expect([asks(), watching.wish?.state, watching.failure]).toEqual([2, "waits", undefined]);
});
