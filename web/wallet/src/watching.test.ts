import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Collecting } from "./collecting.svelte";
import { TestService } from "./protocol/testing/service";
import { eraseAll } from "./store/database";
import { listWaiting } from "./store/waiting";
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
