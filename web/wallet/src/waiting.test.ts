import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Collecting } from "./collecting.svelte";
import * as authority from "./protocol/authority";
import { isPassing, WalletError } from "./protocol/fault";
import { CLAIMS, TestAuthority, VCT } from "./protocol/testing/authority";
import { ELEMENTS } from "./protocol/testing/documents";
import { TestService } from "./protocol/testing/service";
import { addCard, copiesLeft, formatsLeft, listCards, takeCopies } from "./store/cards";
import { eraseAll } from "./store/database";
import { listHistory } from "./store/history";
import { dropWaiting, listWaiting, noteWaiting, type WaitingCard } from "./store/waiting";
import { lookAgain } from "./waiting";

const START = new Date("2026-11-01T00:00:00Z");
let service: TestService;
let id: string;

beforeEach(async () => {
  vi.useFakeTimers({ now: START, toFake: ["Date"] });
  service = await TestService.make();
  service.bends = { refreshes: true, elements: ELEMENTS, isDeferred: true };
  vi.stubGlobal("fetch", service.fetch);
  const collecting = new Collecting({ uri: service.offer, code: "123456" }, { origin: service.origin, level: "light" });
  await collecting.look();
  expect([collecting.waits, collecting.card, collecting.failure]).toEqual([true, undefined, undefined]);
  id = (await waiting()).id;
});

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  await eraseAll();
});

async function waiting(): Promise<WaitingCard> {
  const [card] = await listWaiting();
  if (!card) throw new Error("nothing is waited for");
  return card;
}

/** Lets the minute pass that the issuer wants, and looks. */
const look = async () => {
  vi.setSystemTime(Date.now() + 60_000);
  return (await lookAgain(id, service.origin)).state;
};

const decide = () => delete service.bends.isDeferred;
const kinds = async () => (await listHistory()).map(({ kind }) => kind);
const refusal = (error: string, status = 400) => Response.json({ error }, { status });

test("what is waited for is kept, and its keys cannot be taken out of the browser", async () => {
  const { open, ...card } = await waiting();
  expect(card).toEqual({ id, issuer: service.origin, since: START.getTime() / 1000, askedAt: START.getTime() / 1000 });
  expect(open).toMatchObject({ askAfter: START.getTime() / 1000 + 60, access: { token: "access-1", renewal: { refresh: "refresh-1" } } });
  const keys = [open?.access.key.privateKey, ...(open?.parts ?? []).flatMap((part) => part.keys.map((key) => "key" in key && key.key))];
  expect(keys).toHaveLength(7);
  for (const key of keys) await expect(crypto.subtle.exportKey("jwk", key as CryptoKey)).rejects.toThrow();
  expect([await listCards(), await kinds()]).toEqual([[], ["awaited"]]);
});

test("nobody is asked before the issuer wants to be, unless a person wishes it", async () => {
  expect(await lookAgain(id, service.origin)).toEqual({ state: "waits" });
  expect(service.askedAgain).toEqual([]);
  expect(await lookAgain(id, service.origin, true)).toEqual({ state: "waits" });
  expect(service.askedAgain).toEqual(["t-1", "t-2"]);
});

test("the card comes in both formats once an officer has agreed, and the issuer hears of both", async () => {
  expect(await look()).toBe("waits");
  expect(await waiting()).toMatchObject({ askedAt: START.getTime() / 1000 + 60, open: { askAfter: START.getTime() / 1000 + 120 } });
  decide();
  expect(await look()).toBe("arrived");
  const [card] = await listCards();
  expect([card?.id, card?.copiesIssued, card?.renewal?.refresh, await copiesLeft(id), new Set(await formatsLeft(id))]).toEqual([id, 3, "refresh-1", 3, new Set(["dc+sd-jwt", "mso_mdoc"])]);
  expect(await takeCopies([{ card: id, format: "dc+sd-jwt", revision: undefined }])).toMatchObject([{ card: id }]);
  expect([await listWaiting(), service.events, await kinds()]).toEqual([[], ["credential_accepted", "credential_accepted"], ["received", "awaited"]]);
  expect(await look()).toBe("gone");
});

test("an access token that has ended is replaced, and the next one kept before it is used", async () => {
  service.token = "access-0";
  expect(await look()).toBe("waits");
  expect((await waiting()).open?.access).toMatchObject({ token: "access-2", renewal: { refresh: "refresh-2" } });
  service.token = "access-0";
  let kept: string | undefined;
  service.more["/deferred_credential"] = async () => {
    kept = (await waiting()).open?.access.token;
    return refusal("invalid_token", 401);
  };
  expect(await look()).toBe("ended");
  expect([kept, service.refreshed]).toEqual(["access-3", ["refresh-1", "refresh-2", "refresh-3"]]);
});

test("a refresh token outlives an answer without another one", async () => {
  service.token = "access-0";
  service.bends.refreshes = false;
  expect(await look()).toBe("waits");
  expect((await waiting()).open?.access).toMatchObject({ token: "access-1", renewal: { refresh: "refresh-1" } });
});

test("another name and another time of the issuer are followed", async () => {
  service.bends.deferredAnswer = (transaction) => (transaction === "t-1" ? Response.json({ transaction_id: "t-9", interval: 300 }, { status: 202 }) : undefined);
  expect(await look()).toBe("waits");
  const { open } = await waiting();
  expect([open?.parts.map(({ answer }) => answer), open?.askAfter]).toEqual([[{ transaction: "t-9", interval: 300 }, { transaction: "t-2", interval: 60 }], START.getTime() / 1000 + 360]);
  service.waiting.set("t-9", service.waiting.get("t-1") as never);
  decide();
  vi.setSystemTime(Date.now() + 240_000);
  expect(await look()).toBe("arrived");
  expect(service.askedAgain).toEqual(["t-1", "t-2", "t-9", "t-2"]);
});

test.each([
  ["that an officer has refused", () => refusal("credential_request_denied"), "card_denied"],
  ["that it knows no such request", () => refusal("invalid_transaction_id"), "not_awaited"],
])("the issuer's last word, %s, ends it: no key and no token stays", async (_, answer, ended) => {
  service.bends.deferredAnswer = answer;
  expect(await look()).toBe("ended");
  expect(await waiting()).toEqual({ id, issuer: service.origin, ended, open: undefined, since: START.getTime() / 1000, askedAt: START.getTime() / 1000 + 60 });
  expect([await listCards(), await kinds()]).toEqual([[], ["withheld", "awaited"]]);
  const asked = service.askedAgain.length;
  expect([await look(), service.askedAgain.length]).toEqual(["ended", asked]);
});

test("a refresh token that is not taken any more ends it", async () => {
  service.token = "access-0";
  service.refreshed.push("refresh-of-a-thief");
  expect(await look()).toBe("ended");
  expect((await waiting()).ended).toBe("not_awaited");
});

test.each<[string, () => Promise<Response>, string]>([
  ["is out of reach", () => Promise.reject(new TypeError("no network")), "offline"],
  ["is busy", async () => new Response(null, { status: 503 }), "busy"],
  ["says something else", async () => refusal("invalid_request"), "offer_refused"],
  ["says nothing that can be read", async () => new Response("<html>", { status: 200 }), "card_not_sealed"],
])("an issuer that %s has not refused: it is asked again later", async (_, answer, fault) => {
  service.more["/deferred_credential"] = answer;
  await expect(look()).rejects.toThrow(fault);
  expect(await waiting()).toMatchObject({ open: { askAfter: START.getTime() / 1000 + 120, access: { token: "access-1" } } });
  delete service.more["/deferred_credential"];
  decide();
  expect(await look()).toBe("arrived");
});

test("what one format has brought outlives a failure of the other", async () => {
  decide();
  let asks = 0;
  service.more["/deferred_credential"] = async (request) => (++asks === 2 ? Promise.reject(new TypeError("no network")) : again(request));
  await expect(look()).rejects.toThrow("offline");
  expect([(await listCards()).length, service.askedAgain]).toEqual([0, ["t-1"]]);
  expect(await look()).toBe("arrived");
  expect([service.askedAgain, new Set(await formatsLeft(id))]).toEqual([["t-1", "t-2"], new Set(["dc+sd-jwt", "mso_mdoc"])]);
});

/** The card itself has come, the second format not: something passing was in between. */
async function halfCome(): Promise<void> {
  decide();
  service.bends.deferredAnswer = (transaction) => (transaction === "t-2" ? new Response(null, { status: 503 }) : undefined);
  await expect(look()).rejects.toThrow("busy");
  expect([(await waiting()).open?.parts.map(({ answer }) => "texts" in answer), await listCards()]).toEqual([[true, false], []]);
}

test.each<[string, () => void, string | undefined]>([
  ["the token has ended and no other is given", () => void ([service.token] = ["access-0", service.refreshed.push("refresh-of-a-thief")]), "refresh-1"],
  ["the issuer knows nothing of it", () => (service.bends.deferredAnswer = () => refusal("invalid_transaction_id")), "refresh-1"],
  ["the issuer takes no such request", () => (service.bends.deferredAnswer = () => refusal("invalid_credential_request")), "refresh-1"],
  ["the issuer is busy as before", () => undefined, "refresh-1"],
])("a card in hand is kept although its second format cannot be had: %s", async (_, happens, refresh) => {
  await halfCome();
  happens();
  expect(await look()).toBe("arrived");
  expect([(await listCards()).map((card) => [card.id, card.renewal?.refresh]), await formatsLeft(id), await copiesLeft(id), await listWaiting()]).toEqual([[[id, refresh]], ["dc+sd-jwt"], 3, []]);
  expect(await kinds()).toEqual(["received", "awaited"]);
});

test("a second format that is busy once more is not lost where the card does not come either", async () => {
  await halfCome();
  vi.spyOn(authority, "anchors").mockRejectedValueOnce(new WalletError("offline"));
  await expect(look()).rejects.toThrow("offline");
  expect([(await waiting()).open?.parts.map(({ format, answer }) => [format, "texts" in answer]), await listCards()]).toEqual([[["dc+sd-jwt", true], ["mso_mdoc", false]], []]);
  delete service.bends.deferredAnswer;
  expect(await look()).toBe("arrived");
  expect(new Set(await formatsLeft(id))).toEqual(new Set(["dc+sd-jwt", "mso_mdoc"]));
});

test("a second format that is refused stays dropped where the card does not come", async () => {
  await halfCome();
  service.bends.deferredAnswer = () => refusal("invalid_transaction_id");
  vi.spyOn(authority, "anchors").mockRejectedValueOnce(new WalletError("offline"));
  await expect(look()).rejects.toThrow("offline");
  expect((await waiting()).open?.parts.map(({ format }) => format)).toEqual(["dc+sd-jwt"]);
});

test("a card in hand is kept where the token ends between it and its second format", async () => {
  decide();
  service.bends.deferredAnswer = (transaction) => {
    if (transaction === "t-2") return undefined;
    service.refreshed.push("refresh-of-a-thief");
    queueMicrotask(() => (service.token = "access-0"));
    return undefined;
  };
  expect(await look()).toBe("arrived");
  expect([await formatsLeft(id), await listWaiting()]).toEqual([["dc+sd-jwt"], []]);
});

test("a card in hand does not come beside a second format that somebody opened on the way", async () => {
  await halfCome();
  delete service.bends.deferredAnswer;
  if (service.sealing) service.sealing.answers = async (text) => Response.json(JSON.parse(text));
  await expect(look()).rejects.toThrow("card_not_sealed");
  expect([await listCards(), (await waiting()).open?.parts.length]).toEqual([[], 2]);
});

test("a second format that is refused is not waited for", async () => {
  decide();
  service.bends.deferredAnswer = (transaction) => (transaction === "t-2" ? refusal("credential_request_denied") : undefined);
  expect(await look()).toBe("arrived");
  expect(await formatsLeft(id)).toEqual(["dc+sd-jwt"]);
});

test("a second format that is not ready with the first is asked for once more", async () => {
  decide();
  service.bends.deferredAnswer = (transaction_id) => (transaction_id === "t-2" ? Response.json({ transaction_id, interval: 60 }, { status: 202 }) : undefined);
  expect([await look(), await look()]).toEqual(["waits", "arrived"]);
  expect(await formatsLeft(id)).toEqual(["dc+sd-jwt"]);
});

test("a card of another authority is not kept, the issuer hears of it, and nothing is waited for", async () => {
  decide();
  service.bends.cardAuthority = await TestAuthority.make();
  expect(await look()).toBe("ended");
  expect([(await waiting()).ended, (await waiting()).open, await listCards()]).toEqual(["card_not_genuine", undefined, []]);
  expect(service.events).toEqual(["credential_failure", "credential_failure"]);
});

test("every question is encrypted, and every answer to a key of its own", async () => {
  await look();
  decide();
  await look();
  const keys = service.sealing?.keys ?? [];
  expect([keys.length, new Set(keys).size, keys.includes(undefined)]).toEqual([6, 6, false]);
});

test("copies that come in the clear are not kept, the issuer hears of it, and they are waited for as before", async () => {
  decide();
  if (service.sealing) service.sealing.answers = async (text) => Response.json(JSON.parse(text));
  await expect(look()).rejects.toThrow("card_not_sealed");
  expect([service.events, await listCards(), (await waiting()).open?.parts.length]).toEqual([["credential_failure"], [], 2]);
});

test("a card that is given up leaves nothing behind, and is not there when its answer comes", async () => {
  decide();
  service.more["/deferred_credential"] = async (request) => {
    await dropWaiting(id);
    return again(request);
  };
  expect(await look()).toBe("gone");
  expect([await listWaiting(), await listCards(), await kinds()]).toEqual([[], [], ["awaited"]]);
});

test("two tabs take turns: the issuer is asked once", async () => {
  const turns: (() => Promise<unknown>)[] = [];
  const locks = { request: (_: string, action: () => Promise<unknown>) => new Promise((done) => turns.push(() => action().then(done))) };
  vi.stubGlobal("navigator", { onLine: true, locks });
  decide();
  vi.setSystemTime(Date.now() + 60_000);
  const both = Promise.all([lookAgain(id, service.origin), lookAgain(id, service.origin)]);
  await expect.poll(() => turns.length).toBe(2);
  for (const turn of turns) await turn();
  expect((await both).map(({ state }) => state)).toEqual(["arrived", "gone"]);
  expect([service.askedAgain, await copiesLeft(id)]).toEqual([["t-1", "t-2"], 3]);
});

test.each<[string, (id: string) => Promise<unknown>, number]>([
  ["given up", dropWaiting, 0],
  ["ended", (one) => noteWaiting(one, { open: undefined, ended: "card_denied" }), 1],
])("what another tab has %s while the second format is asked for is not waited for again", async (_, act, notes) => {
  await dropWaiting(id);
  let asks = 0;
  vi.stubGlobal("fetch", async (...request: Parameters<typeof service.fetch>) => {
    if (String(request[0]).endsWith("/credential") && ++asks === 2) await act((await waiting()).id);
    return service.fetch(...request);
  });
  await new Collecting({ uri: service.offer, code: "123456" }, { origin: service.origin, level: "light" }).look();
  expect([asks, (await listWaiting()).map(({ open }) => open)]).toEqual([2, Array.from({ length: notes }, () => undefined)]);
});

/** One after the other, as a browser has them. */
function locks(): { request: (name: string, action: () => Promise<unknown>) => Promise<unknown> } {
  const last = new Map<string, Promise<unknown>>();
  return {
    request: (name, action) => {
      const turn = (last.get(name) ?? Promise.resolve()).then(action);
      last.set(name, turn.catch(() => undefined));
      return turn;
    },
  };
}

test("a card that another tab looks for while its second format is asked for comes with both", async () => {
  await dropWaiting(id);
  vi.stubGlobal("navigator", { onLine: true, locks: locks() });
  let asks = 0;
  const found: ReturnType<typeof lookAgain>[] = [];
  vi.stubGlobal("fetch", async (...request: Parameters<typeof service.fetch>) => {
    const answer = await service.fetch(...request);
    if (!String(request[0]).endsWith("/credential") || ++asks < 2) return answer;
    decide();
    found.push(lookAgain((await waiting()).id, service.origin, true));
    await Promise.race([...found, new Promise((done) => setTimeout(done, 200))]);
    return answer;
  });
  await new Collecting({ uri: service.offer, code: "123456" }, { origin: service.origin, level: "light" }).look();
  expect((await Promise.all(found)).map(({ state }) => state)).toEqual(["arrived"]);
  const [card] = await listCards();
  expect([asks, new Set(await formatsLeft(card?.id ?? "")), await listWaiting()]).toEqual([2, new Set(["dc+sd-jwt", "mso_mdoc"]), []]);
});

test("whoever makes room has the card waited for under the same access", async () => {
  await dropWaiting(id);
  const { put } = IDBObjectStore.prototype;
  const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, ...given) {
    if (this.name === "waiting") throw new DOMException("full", "QuotaExceededError");
    return put.apply(this, given);
  });
  const collecting = new Collecting({ uri: service.offer, code: "123456" }, { origin: service.origin, level: "light" });
  await collecting.look();
  expect([collecting.failure, isPassing(collecting.failure), collecting.waits, await listWaiting()]).toMatchObject([{ fault: "not_kept" }, true, false, []]);
  full.mockRestore();
  const { access } = collecting;
  await collecting.look();
  expect([collecting.failure, collecting.access === access, collecting.waits, (await waiting()).open?.parts.length]).toEqual([undefined, true, true, 2]);
});

test("a card takes the place of an earlier one in one step with what was waited for", async () => {
  decide();
  const [held] = [{ id: "earlier", issuer: service.origin, vct: VCT, claims: CLAIMS, obtainedAt: 1, expiresAt: undefined, copiesIssued: 1 }];
  await addCard(held, []);
  const opened = vi.spyOn(IDBDatabase.prototype, "transaction");
  expect(await look()).toBe("arrived");
  const written = opened.mock.calls.filter(([stores, mode]) => mode === "readwrite" && [stores].flat().some((name) => name === "cards" || name === "copies"));
  opened.mockRestore();
  expect([(await listCards()).map((card) => card.id), written.length]).toEqual([[id], 1]);
});

/** What the service itself says. */
async function again(request: Request): Promise<Response> {
  const own = service.more["/deferred_credential"];
  delete service.more["/deferred_credential"];
  try {
    return await service.fetch(request);
  } finally {
    if (own) service.more["/deferred_credential"] = own;
  }
}
