import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Exchange } from "./exchange.svelte";
import { publicJwk } from "./protocol/jws";
import { keyPair, TestAuthority } from "./protocol/testing/authority";
import { chosen } from "./protocol/testing/choice";
import { TestService } from "./protocol/testing/service";
import { addCard, copiesLeft, deleteCard, readCard, replaceCopies, type HeldCard } from "./store/cards";
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

test("a card that another tab renewed and that says something else is not given before it was seen", async () => {
  const exchange = await opened();
  await replaceCopies(CARD.id, { card: { ...CARD, claims: { family_name: "Suzuki" } }, copies: [await copy(), await copy()], isSame: () => false });
  await exchange.give([chosen(CARD, PATHS)]);
  expect([faultOf(exchange), exchange.retry, service.posted, await copiesLeft(CARD.id), await told()]).toEqual(["card_changed", undefined, [], 2, []]);
  await exchange.read();
  expect([exchange.stage, exchange.failure]).toEqual(["asking", undefined]);
  await exchange.give([chosen((await readCard(CARD.id)) ?? CARD, PATHS)]);
  expect([exchange.stage, service.posted.length, await copiesLeft(CARD.id)]).toEqual(["given", 1, 1]);
});

test("a card that another tab renewed and that says the same is given", async () => {
  const exchange = await opened();
  await replaceCopies(CARD.id, { card: CARD, copies: [await copy(), await copy()], isSame: () => true });
  await exchange.give([chosen(CARD, PATHS)]);
  expect([exchange.stage, await copiesLeft(CARD.id)]).toEqual(["given", 1]);
});

test("a card that was deleted while its copy was signed does not come back", async () => {
  const exchange = await opened();
  const sign = vi.spyOn(crypto.subtle, "sign").mockImplementationOnce(async () => {
    await deleteCard(CARD.id);
    throw new DOMException("the key is gone", "OperationError");
  });
  await exchange.give([chosen(CARD, PATHS)]);
  sign.mockRestore();
  expect([exchange.failure !== undefined, service.posted, await copiesLeft(CARD.id)]).toEqual([true, [], 0]);
});

describe("a request that cannot be answered", () => {
  const refused = () => {
    service.bends.request = { transaction_data: ["e30"] };
    return opened();
  };

  test("is refused to its asker once, in the words of the standard, and to the holder in sentences", async () => {
    const exchange = await refused();
    expect([faultOf(exchange), exchange.isTold, exchange.retry, service.posted]).toEqual(["transaction_refused", true, undefined, [{ error: "invalid_transaction_data", state: "state-1" }]]);
    expect([(await listHistory())[0], await copiesLeft(CARD.id)]).toMatchObject([{ kind: "unanswerable", organisation: "Hotel Aoba" }, 2]);
    const again = await refused();
    expect([faultOf(again), service.posted.length, await told()]).toEqual(["transaction_refused", 1, ["unanswerable"]]);
  });

  test("is not refused once more hours later, while it has not ended", async () => {
    await refused();
    vi.setSystemTime(new Date("2026-11-01T02:00:00Z"));
    expect([faultOf(await refused()), service.posted.length, await told()]).toEqual(["transaction_refused", 1, ["unanswerable"]]);
  });

  test("by two tabs is refused to its asker once", async () => {
    const both = await Promise.all([refused(), refused()]);
    expect([both.map(faultOf), service.posted.length]).toEqual([["transaction_refused", "transaction_refused"], 1]);
  });

  test("is refused to the holder where the asker cannot be reached", async () => {
    service.more["/vp/responses/1"] = () => new Response(null, { status: 503 });
    const exchange = await refused();
    expect([faultOf(exchange), exchange.isTold, exchange.retry]).toEqual(["transaction_refused", false, undefined]);
  });

  test.each<[string, Partial<typeof service.bends>]>([
    ["another authority vouches for its asker", {}],
    ["its answer goes elsewhere", { request: { transaction_data: ["e30"], response_uri: "https://evil.example/" } }],
    ["it was made for another wallet", { request: { transaction_data: ["e30"], wallet_nonce: "other" } }],
    ["it has expired", { request: { transaction_data: ["e30"], exp: 1_700_000_000 } }],
  ])("is refused to nobody but the holder where %s", async (_, bends) => {
    service.bends = { request: { transaction_data: ["e30"] }, ...bends, ...(!bends.request && { requestAuthority: await TestAuthority.make() }) };
    const asked = vi.fn(service.fetch);
    const exchange = new Exchange(await service.link(), service.origin, () => undefined);
    vi.stubGlobal("fetch", asked);
    await exchange.read();
    expect([faultOf(exchange), exchange.isTold, service.posted, await told()]).toEqual(["request_not_genuine", false, [], []]);
    expect(asked.mock.calls.map(([input]) => String(input instanceof Request ? input.url : input)).filter((url) => url.includes("/vp/responses") || url.includes("evil"))).toEqual([]);
  });
});
