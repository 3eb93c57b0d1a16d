import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Exchange } from "./exchange.svelte";
import { publicJwk } from "./protocol/jws";
import { keyPair } from "./protocol/testing/authority";
import { chosen } from "./protocol/testing/choice";
import { TestService } from "./protocol/testing/service";
import { addCard, copiesLeft, deleteCard, type HeldCard } from "./store/cards";
import { eraseAll } from "./store/database";
import { listHistory } from "./store/history";

const CARD: HeldCard = { id: "card-1", issuer: "https://id.example", vct: "card", claims: {}, obtainedAt: 1, expiresAt: undefined, copiesIssued: 2 };
const PATHS = [["family_name"]];
let service: TestService;

beforeEach(async () => {
  vi.useFakeTimers({ now: new Date("2026-11-01T00:00:00Z"), toFake: ["Date"] });
  service = await TestService.make();
  network("on");
  await addCard(CARD, [await copy(), await copy()]);
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await eraseAll();
});

/** `lost` is a network on which requests arrive and replies do not. */
function network(state: "on" | "off" | "lost"): void {
  vi.stubGlobal("navigator", { onLine: state !== "off", languages: [] });
  vi.stubGlobal("fetch", async (...request: Parameters<typeof service.fetch>) => {
    if (state !== "off") {
      const response = await service.fetch(...request);
      if (state === "on") return response;
    }
    throw new TypeError("no network");
  });
}

async function copy() {
  const { privateKey, publicKey } = await keyPair();
  return { card: CARD.id, sdJwt: await service.authority.card(await publicJwk(publicKey)), key: privateKey, status: undefined };
}

async function opened(): Promise<Exchange> {
  vi.stubGlobal("fetch", service.fetch);
  const exchange = new Exchange(await service.link(), service.origin, () => undefined);
  await exchange.read();
  return exchange;
}

const told = async () => (await listHistory()).map(({ kind }) => kind);
const faultOf = ({ failure }: Exchange) => (failure instanceof Error ? failure.message : undefined);

test("without a network nothing is written down, and the same answer goes out on the second try", async () => {
  const exchange = await opened();
  network("off");
  await exchange.give([chosen(CARD, PATHS)]);
  expect([faultOf(exchange), await told(), await copiesLeft(CARD.id)]).toEqual(["offline", [], 1]);
  network("on");
  await exchange.retry?.();
  expect([exchange.stage, exchange.failure, await told(), await copiesLeft(CARD.id)]).toEqual(["given", undefined, ["shown"], 1]);
  expect(service.posted).toHaveLength(1);
});

test("an answer that was not sent outlives a reload", async () => {
  const before = await opened();
  network("off");
  await before.give([chosen(CARD, PATHS)]);
  const after = await opened();
  expect([faultOf(after), await copiesLeft(CARD.id)]).toEqual(["unsent", 1]);
  await after.retry?.();
  expect([after.stage, await told(), await copiesLeft(CARD.id)]).toEqual(["given", ["shown"], 1]);
});

test("an answer whose receipt was lost is written down as sent, then as shown", async () => {
  const exchange = await opened();
  network("lost");
  await exchange.give([chosen(CARD, PATHS)]);
  expect([faultOf(exchange), await told()]).toEqual(["offline", ["sent"]]);
  service.bends.acknowledgement = Response.json({ error: "invalid_request", error_description: "the check is over" }, { status: 400 });
  network("on");
  await exchange.retry?.();
  expect([exchange.stage, await told()]).toEqual(["given", ["shown"]]);
});

test("a reload and a second tab go on with the same request, under the same nonce", async () => {
  const first = await opened();
  const nonce = service.walletNonce;
  const second = await opened();
  expect([second.stage, second.request?.words, service.walletNonce]).toEqual(["asking", first.request?.words, nonce]);
  await second.give([chosen(CARD, PATHS)]);
  await first.give([chosen(CARD, PATHS)]);
  expect([faultOf(first), await copiesLeft(CARD.id), service.posted.length]).toEqual(["request_answered", 1, 1]);
});

test("going back to a request that was answered says so", async () => {
  await (await opened()).give([chosen(CARD, PATHS)]);
  expect(faultOf(await opened())).toBe("request_answered");
});

test("an answer that the asker refuses has been seen by it", async () => {
  service.bends.acknowledgement = Response.json({ error: "invalid_presentation", error_description: "revoked" }, { status: 400 });
  const exchange = await opened();
  await exchange.give([chosen(CARD, PATHS)]);
  expect([faultOf(exchange), exchange.retry, await told()]).toEqual(["card_revoked", undefined, ["shown"]]);
});

test("a refusal without a network can be sent again", async () => {
  const exchange = await opened();
  network("off");
  await exchange.refuse();
  expect([faultOf(exchange), await told()]).toEqual(["offline", []]);
  network("on");
  await exchange.retry?.();
  expect([exchange.stage, await told(), service.posted]).toEqual(["refused", ["declined"], [{ error: "access_denied", state: "state-1" }]]);
});

test("a card that was deleted in another tab is not called used up", async () => {
  const exchange = await opened();
  await deleteCard(CARD.id);
  await exchange.give([chosen(CARD, PATHS)]);
  expect(faultOf(exchange)).toBe("card_gone");
});
