import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Collecting } from "./collecting.svelte";
import { DOCTYPE } from "./protocol/mdoc/elements";
import { TestAuthority } from "./protocol/testing/authority";
import { ELEMENTS } from "./protocol/testing/documents";
import { TestService } from "./protocol/testing/service";
import { fetchMore, isRunningOut, topUp } from "./renewing";
import { anyCopy, copiesLeft, deleteCard, formatsLeft, listCards, readCard, takeCopies, type HeldCard } from "./store/cards";
import { eraseAll } from "./store/database";
import { areAwaited, dropRenewals, listWaiting, putAway, renewalsOf } from "./store/waiting";
import { lookAgain } from "./waiting";

let service: TestService;
let card: HeldCard;

beforeEach(async () => {
  vi.useFakeTimers({ now: new Date("2026-11-01T00:00:00Z"), toFake: ["Date"] });
  service = await TestService.make();
  service.bends = { refreshes: true, elements: ELEMENTS };
  vi.stubGlobal("fetch", service.fetch);
  const collecting = new Collecting({ uri: service.offer, code: "123456" }, { origin: service.origin, level: "light" });
  await collecting.look();
  [card] = (await listCards()) as [HeldCard];
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await eraseAll();
});

const use = async (times: number) => {
  for (let time = 0; time < times; time++) await takeCopies([{ card: card.id, format: "mso_mdoc", revision: (await readCard(card.id))?.revision }]);
};

test("a card that is running out is topped up in both formats, under the next refresh token", async () => {
  await topUp([card], service.origin);
  expect([await copiesLeft(card.id), service.refreshed]).toEqual([3, ["refresh-1"]]);
  await use(1);
  expect([await copiesLeft(card.id), await isRunningOut(card)]).toEqual([2, true]);
  await topUp([card], service.origin);
  expect([await copiesLeft(card.id), service.refreshed]).toEqual([3, ["refresh-1", "refresh-2"]]);
  expect((await readCard(card.id))?.renewal?.refresh).toBe("refresh-2");
  await use(2);
  await topUp(await listCards(), service.origin);
  expect([await copiesLeft(card.id), service.refreshed.length]).toEqual([3, 3]);
});

test("without a network nothing is lost, and the next time it works", async () => {
  await use(3);
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  vi.stubGlobal("navigator", { onLine: false });
  await topUp([card], service.origin);
  await expect(fetchMore(card.id, service.origin)).rejects.toThrow("offline");
  expect([await copiesLeft(card.id), (await readCard(card.id))?.renewal?.refresh]).toEqual([0, "refresh-1"]);
  vi.stubGlobal("fetch", service.fetch);
  await fetchMore(card.id, service.origin);
  expect(await copiesLeft(card.id)).toBe(3);
});

test("the next refresh token outlives copies that cannot be had", async () => {
  once("/credential", () => Promise.reject(new TypeError("no network")));
  await expect(fetchMore(card.id, service.origin)).rejects.toThrow("offline");
  expect([await copiesLeft(card.id), (await readCard(card.id))?.renewal?.refresh]).toEqual([3, "refresh-2"]);
});

/** Does something the first time that the wallet asks this path. */
function once(path: string, act: (ask: () => Promise<Response>) => Promise<Response>): void {
  let isDone = false;
  vi.stubGlobal("fetch", async (...request: Parameters<typeof service.fetch>) => {
    const ask = () => service.fetch(...request);
    if (isDone || !String(request[0]).endsWith(path)) return ask();
    isDone = true;
    return act(ask);
  });
}

test("an answer that was lost is asked for again while that is taken", async () => {
  once("/token", async () => Promise.reject(new TypeError("the tunnel")));
  await fetchMore(card.id, service.origin);
  expect([await copiesLeft(card.id), service.refreshed.length]).toEqual([3, 2]);
});

test("a card that is deleted meanwhile stays deleted", async () => {
  once("/credential", async (ask) => {
    await deleteCard(card.id);
    return ask();
  });
  await expect(fetchMore(card.id, service.origin)).rejects.toThrow("card_gone");
  expect([await listCards(), await copiesLeft(card.id), await anyCopy(card.id)]).toEqual([[], 0, undefined]);
});

test("a card that is filled up keeps its place among the others", async () => {
  vi.setSystemTime(new Date("2026-11-02T00:00:00Z"));
  await fetchMore(card.id, service.origin);
  expect((await readCard(card.id))?.obtainedAt).toBe(card.obtainedAt);
});

test("where one format does not come its copies stay, unless they say something else", async () => {
  await use(1);
  service.bends.mdocAnswer = new Response(null, { status: 503 });
  await fetchMore(card.id, service.origin);
  expect([(await readCard(card.id))?.doctype, await copiesLeft(card.id), await formatsLeft(card.id)]).toEqual([DOCTYPE, 2, ["mso_mdoc", "dc+sd-jwt"]]);
  service.bends = { refreshes: true, elements: ELEMENTS, mdocAnswer: new Response(null, { status: 503 }), claims: { ...card.claims, family_name: "Suzuki" } };
  await fetchMore(card.id, service.origin);
  expect([(await readCard(card.id))?.doctype, await formatsLeft(card.id)]).toEqual([undefined, ["dc+sd-jwt"]]);
});

test("an authority that is busy has not refused", async () => {
  once("/token", async () => new Response(null, { status: 503 }));
  await expect(fetchMore(card.id, service.origin)).rejects.toThrow("busy");
});

test("two tabs take turns, and the second finds what the first has fetched", async () => {
  const waiting: (() => Promise<unknown>)[] = [];
  const queued = (action: () => Promise<void>) => new Promise<void>((done) => waiting.push(() => action().then(done)));
  // What is asked for has a name of its own: nobody else is before it.
  const locks = { request: (name: string, action: () => Promise<void>) => (name.startsWith("mibun-copies-") ? queued(action) : action()) };
  vi.stubGlobal("navigator", { onLine: true, locks });
  await use(2);
  const both = Promise.all([topUp([card], service.origin), topUp([card], service.origin)]);
  await expect.poll(() => waiting.length).toBe(2);
  for (const turn of waiting) await turn();
  await both;
  expect([await copiesLeft(card.id), service.refreshed]).toEqual([3, ["refresh-1", "refresh-2"]]);
});

test("copies of another authority, or about somebody else, take no copy's place", async () => {
  const before = await readCard(card.id);
  service.bends.cardAuthority = await TestAuthority.make();
  await expect(fetchMore(card.id, service.origin)).rejects.toThrow("card_not_genuine");
  delete service.bends.cardAuthority;
  service.bends = { refreshes: true, claims: { ...card.claims, personal_administrative_number: "UT-0" } };
  await expect(fetchMore(card.id, service.origin)).rejects.toThrow("card_not_genuine");
  expect([await copiesLeft(card.id), (await readCard(card.id))?.claims]).toEqual([3, before?.claims]);
});

test("a refresh token that the authority no longer takes leaves the copies that there are", async () => {
  service.refreshed.push("refresh-of-a-thief");
  await expect(fetchMore(card.id, service.origin)).rejects.toThrow("offer_refused");
  expect(await copiesLeft(card.id)).toBe(3);
});

test("a card that is had once, or no longer held, is not asked for", async () => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (input: RequestInfo) => asked.push(String(input)));
  await expect(fetchMore("gone", service.origin)).rejects.toThrow("card_gone");
  expect(asked).toEqual([]);
});

/** Fresh copies that somebody at the authority looks at first. */
async function awaitedCopies(): Promise<string> {
  service.bends.isDeferred = true;
  await use(2);
  await expect(fetchMore(card.id, service.origin)).rejects.toThrow("copies_not_ready");
  const [waiting] = await listWaiting();
  expect(waiting?.renews).toBe(card.id);
  return waiting?.id ?? "";
}

test("fresh copies that are not ready are waited for and not asked for anew; then they take the place of the old ones", async () => {
  const id = await awaitedCopies();
  const tokens = [...service.refreshed];
  await expect(fetchMore(card.id, service.origin)).rejects.toThrow("copies_not_ready");
  await topUp(await listCards(), service.origin);
  expect([service.refreshed, await copiesLeft(card.id), service.waiting.size]).toEqual([tokens, 1, 2]);
  delete service.bends.isDeferred;
  expect((await lookAgain(id, service.origin, true)).state).toBe("arrived");
  expect([(await listCards()).map((one) => one.id), await copiesLeft(card.id), await listWaiting()]).toEqual([[card.id], 3, []]);
  expect(service.events.slice(-2)).toEqual(["credential_accepted", "credential_accepted"]);
});

test("tokens that are had while fresh copies are waited for are the card's too", async () => {
  const id = await awaitedCopies();
  service.token = "access-0";
  expect((await lookAgain(id, service.origin, true)).state).toBe("waits");
  expect((await readCard(card.id))?.renewal?.refresh).toBe(service.refreshed.at(-1));
  service.bends.deferredAnswer = () => Response.json({ error: "credential_request_denied" }, { status: 400 });
  expect((await lookAgain(id, service.origin, true)).state).toBe("ended");
  expect([(await listWaiting()).map(({ open, ended }) => [open, ended]), await copiesLeft(card.id)]).toEqual([[[undefined, "card_denied"]], 1]);
});

test.each<[string, () => Promise<unknown>, number]>([
  ["a card that was deleted meanwhile", () => deleteCard(card.id), 0],
  ["a card for which nothing is waited for any more", () => dropRenewals(card.id), 1],
])("fresh copies for %s go nowhere", async (_, act, left) => {
  const id = await awaitedCopies();
  delete service.bends.isDeferred;
  await act();
  expect((await lookAgain(id, service.origin, true)).state).toBe("gone");
  expect([await listWaiting(), await listCards(), await copiesLeft(card.id)]).toMatchObject([[], Array.from({ length: left }, () => ({ id: card.id })), left]);
});

test("fresh copies about somebody else take no copy's place, and end the wait", async () => {
  const id = await awaitedCopies();
  delete service.bends.isDeferred;
  service.bends.claims = { ...card.claims, personal_administrative_number: "UT-0" };
  expect((await lookAgain(id, service.origin, true)).state).toBe("ended");
  expect([await copiesLeft(card.id), (await listWaiting()).map(({ open, ended }) => [open, ended]), service.events.slice(-2)]).toEqual([1, [[undefined, "card_not_genuine"]], ["credential_failure", "credential_failure"]]);
});

test("two rounds that do not take turns put fresh copies into their place once", async () => {
  const id = await awaitedCopies();
  delete service.bends.isDeferred;
  vi.stubGlobal("navigator", { onLine: true });
  const both = await Promise.all([lookAgain(id, service.origin, true), lookAgain(id, service.origin, true)]);
  expect(both.map(({ state }) => state).sort()).toEqual(["arrived", "gone"]);
  expect([await copiesLeft(card.id), await listWaiting()]).toEqual([3, []]);
});

test("a token that comes while the copies are given up is the card's all the same", async () => {
  const id = await awaitedCopies();
  service.token = "access-0";
  once("/token", async (ask) => {
    await dropRenewals(card.id);
    return ask();
  });
  expect((await lookAgain(id, service.origin, true)).state).toBe("gone");
  expect([(await readCard(card.id))?.renewal?.refresh, await listWaiting()]).toEqual([service.refreshed.at(-1), []]);
});

test("fresh copies that were denied are not asked for anew until a person does", async () => {
  const id = await awaitedCopies();
  service.bends.deferredAnswer = () => Response.json({ error: "credential_request_denied" }, { status: 400 });
  expect((await lookAgain(id, service.origin, true)).state).toBe("ended");
  const tokens = [...service.refreshed];
  await topUp(await listCards(), service.origin);
  expect([service.refreshed, (await listWaiting()).map(({ ended }) => ended)]).toEqual([tokens, ["card_denied"]]);
  delete service.bends.isDeferred;
  await fetchMore(card.id, service.origin);
  expect([await copiesLeft(card.id), await listWaiting()]).toEqual([3, []]);
});

test("fresh copies that were denied are not asked for anew where the note of it was removed", async () => {
  const id = await awaitedCopies();
  service.bends.deferredAnswer = () => Response.json({ error: "credential_request_denied" }, { status: 400 });
  await lookAgain(id, service.origin, true);
  await putAway(id);
  const tokens = [...service.refreshed];
  await topUp(await listCards(), service.origin);
  expect([service.refreshed, (await listWaiting()).map(({ ended, isHidden }) => [ended, isHidden])]).toEqual([tokens, [["card_denied", true]]]);
  delete service.bends.isDeferred;
  await fetchMore(card.id, service.origin);
  expect([await copiesLeft(card.id), await listWaiting()]).toEqual([3, []]);
});

const TWO_WEEKS_MS = 14 * 86_400_000;

test("fresh copies that never come do not keep a card from others for ever", async () => {
  const id = await awaitedCopies();
  service.bends.deferredAnswer = () => Response.json({ error: "invalid_request" }, { status: 400 });
  await expect(lookAgain(id, service.origin, true)).rejects.toThrow("offer_refused");
  vi.setSystemTime(Date.now() + TWO_WEEKS_MS + 1000);
  service.bends.deferredAnswer = () => new Response(null, { status: 503 });
  await expect(lookAgain(id, service.origin, true)).rejects.toThrow("busy");
  service.bends.deferredAnswer = () => Response.json({ error: "invalid_request" }, { status: 400 });
  expect((await lookAgain(id, service.origin, true)).state).toBe("ended");
  expect((await listWaiting()).map(({ ended, open }) => [ended, open])).toEqual([["not_awaited", undefined]]);
});

test("after two weeks fresh copies are asked for anew, and what was waited for is gone", async () => {
  const id = await awaitedCopies();
  vi.setSystemTime(Date.now() + TWO_WEEKS_MS - 1000);
  await expect(fetchMore(card.id, service.origin)).rejects.toThrow("copies_not_ready");
  expect((await listWaiting()).map((one) => one.id)).toEqual([id]);
  expect(areAwaited(await renewalsOf(card.id), Date.now() / 1000)).toBe(true);
  vi.setSystemTime(Date.now() + 2000);
  expect(areAwaited(await renewalsOf(card.id), Date.now() / 1000)).toBe(false);
  delete service.bends.isDeferred;
  await fetchMore(card.id, service.origin);
  expect([await copiesLeft(card.id), await listWaiting()]).toEqual([3, []]);
});
