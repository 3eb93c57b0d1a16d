import "fake-indexeddb/auto";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { addCard, copiesLeft, deleteCard, listCards, takeCopies, type HeldCard } from "../store/cards";
import { eraseAll, type Copy } from "../store/database";
import { sha256, toBase64url, utf8 } from "./bytes";
import { anchors, authorityIsUnchanged, unpinAuthority } from "./authority";
import { redeem } from "./access";
import { collect, isReady, type NotReady } from "./collect";
import { refusalIn } from "./credential";
import { resolveOffer } from "./issuer";
import { publicJwk } from "./jws";
import { DOCTYPE } from "./mdoc/elements";
import { CLAIMS, keyPair, TestAuthority } from "./testing/authority";
import type { CardFormat } from "./query";
import { ELEMENTS, type Elements } from "./testing/documents";
import { seal, sealed } from "./testing/sealing";
import { TestService } from "./testing/service";

const NOW = new Date("2026-11-01T00:00:00Z");
let service: TestService;

beforeEach(async () => {
  service = await TestService.make();
  vi.stubGlobal("fetch", service.fetch);
});

afterEach(async () => {
  vi.unstubAllGlobals();
  await eraseAll();
});

async function ask(code = "123456", onNotReady?: (notReady: NotReady) => Promise<void>) {
  const resolved = await resolveOffer(service.offer, service.origin);
  return collect(resolved, { access: await redeem(resolved, code), anchors: [service.authority.root], now: NOW, ...(onNotReady && { onNotReady }) });
}

async function fetchCard(code?: string) {
  const outcome = await ask(code);
  if (!isReady(outcome)) throw new Error("the card is not ready");
  return outcome;
}

/** A copy of each card, all of them or none. */
const take = (cards: readonly HeldCard[], format: CardFormat = "dc+sd-jwt") => takeCopies(cards.map(({ id, revision }) => ({ card: id, format, revision })));

const textOf = (copy: Copy | undefined) => copy && "sdJwt" in copy && copy.sdJwt;

test("a card is collected as a batch of copies, each with its own key", async () => {
  const { card, copies, accept } = await fetchCard();
  expect(card).toMatchObject({ claims: CLAIMS, copiesIssued: 3, issuer: service.origin });
  expect(new Set(copies.map(({ key }) => key)).size).toBe(3);
  await accept();
  expect(service.events).toEqual(["credential_accepted"]);
});

test("the keys cannot be taken out of the browser", async () => {
  const { copies } = await fetchCard();
  for (const { key } of copies) await expect(crypto.subtle.exportKey("jwk", key as CryptoKey)).rejects.toThrow();
});

test("the code is asked for where the authority wants one", async () => {
  expect((await resolveOffer(service.offer, service.origin)).needsCode).toBe(true);
  await expect(fetchCard("000000")).rejects.toThrow("offer_refused");
});

test("a card of another authority is not kept, and the issuer hears of it", async () => {
  service.bends.cardAuthority = await TestAuthority.make();
  await expect(fetchCard()).rejects.toThrow("card_not_genuine");
  expect(service.events).toEqual(["credential_failure"]);
});

test("copies bound to a key that is not ours are refused", async () => {
  service.bends.holderKey = await publicJwk((await keyPair()).publicKey);
  await expect(fetchCard()).rejects.toThrow("card_not_genuine");
});

test("an offer that is gone says so", async () => {
  const gone = `openid-credential-offer://?credential_offer_uri=${encodeURIComponent(`${service.origin}/offers/2`)}`;
  await expect(resolveOffer(gone, service.origin)).rejects.toThrow("offer_used");
});

test("offers of other services are not fetched", async () => {
  const elsewhere = `openid-credential-offer://?credential_offer_uri=${encodeURIComponent("https://evil.example/offers/1")}`;
  await expect(resolveOffer(elsewhere, service.origin)).rejects.toThrow("other_service");
});

test("a copy is taken once, and a deleted card leaves nothing behind", async () => {
  const { card, copies } = await fetchCard();
  await addCard(card, copies);
  expect((await listCards()).map(({ id }) => id)).toEqual([card.id]);
  const taken = [await take([card]), await take([card])].flatMap((copies) => copies?.map(textOf) ?? []);
  expect([taken.length, new Set(taken).size]).toEqual([2, 2]);
  expect(await copiesLeft(card.id)).toBe(1);
  await deleteCard(card.id);
  expect([await copiesLeft(card.id), await take([card]), await listCards()]).toEqual([0, undefined, []]);
});

/** Two cards of different people, with three copies each. */
async function twoCards(): Promise<[HeldCard, HeldCard]> {
  const [first, second] = [await fetchCard(), await fetchCard()];
  await addCard(first.card, first.copies);
  const other = { ...second.card, claims: { ...second.card.claims, personal_administrative_number: "UT-0" } };
  await addCard(other, second.copies);
  return [first.card, other];
}

test("copies of several cards that are taken at the same time are different ones, and none is taken for an answer that lacks another", async () => {
  const [first, second] = await twoCards();
  const taken = await Promise.all([take([first, second]), take([second, first]), take([first, second, second]), take([second, first])]);
  const texts = taken.flatMap((copies) => copies?.map(textOf) ?? []);
  expect([new Set(texts).size, (await copiesLeft(first.id)) + (await copiesLeft(second.id))]).toEqual([texts.length, 6 - texts.length]);
  expect(taken.map((copies) => copies?.length).filter((many) => many === undefined)).not.toEqual([]);
  expect(taken.every((copies) => copies === undefined || copies.length >= 2)).toBe(true);
});

test("one card that answers twice at the same time in two tabs gives four copies to nobody", async () => {
  const [card] = await twoCards();
  const taken = await Promise.all([take([card, card]), take([card, card])]);
  expect([taken.filter(Boolean).length, await copiesLeft(card.id)]).toEqual([1, 1]);
});

test("a new card takes the place of the one it replaces, and of no other", async () => {
  const old = await fetchCard();
  await addCard(old.card, old.copies);
  const other = await fetchCard();
  await addCard({ ...other.card, claims: { ...other.card.claims, personal_administrative_number: "UT-0" } }, other.copies);
  const fresh = await fetchCard();
  await addCard(fresh.card, fresh.copies);
  expect(new Set((await listCards()).map(({ id }) => id))).toEqual(new Set([other.card.id, fresh.card.id]));
  expect(await copiesLeft(old.card.id)).toBe(0);
});

test("the authority's root is fixed once, and a change is noticed", async () => {
  expect((await anchors(NOW)).map(({ holder }) => holder)).toEqual(["Test Authority"]);
  expect(await authorityIsUnchanged()).toBe(true);
  const first = service;
  vi.stubGlobal("fetch", (await TestService.make()).fetch);
  expect(await authorityIsUnchanged()).toBe(false);
  expect((await anchors(NOW))[0]?.der).toEqual(first.authority.root.der);
  await unpinAuthority();
  expect((await anchors(NOW))[0]?.der).not.toEqual(first.authority.root.der);
});

const textsOf = (copies: readonly Copy[]) => [copies.filter((copy) => "sdJwt" in copy).length, copies.filter((copy) => "mdoc" in copy).length];

test("the card comes in both formats, each copy with its own key, and the issuer hears of both", async () => {
  service.bends.elements = ELEMENTS;
  const { card, copies, accept } = await fetchCard();
  expect([card.doctype, card.copiesIssued, textsOf(copies)]).toEqual([DOCTYPE, 3, [3, 3]]);
  expect(new Set(copies.map(({ key }) => key)).size).toBe(6);
  await accept();
  expect(service.events).toEqual(["credential_accepted", "credential_accepted"]);
});

test("copies are taken and counted by format", async () => {
  service.bends.elements = ELEMENTS;
  const { card, copies } = await fetchCard();
  await addCard(card, copies);
  expect(textsOf((await take([card], "mso_mdoc")) ?? [])).toEqual([0, 1]);
  expect(await copiesLeft(card.id)).toBe(2);
  for (let time = 0; time < 2; time++) await take([card], "mso_mdoc");
  expect([await take([card], "mso_mdoc"), await copiesLeft(card.id)]).toEqual([undefined, 0]);
  expect(textsOf((await take([card])) ?? [])).toEqual([1, 0]);
});

test.each<[string, () => Response]>([
  ["refuses", () => Response.json({ error: "unknown_credential_configuration" }, { status: 400 })],
  ["is busy", () => new Response(null, { status: 503 })],
])("an issuer that %s when the second format is asked for has given the card all the same", async (_, answer) => {
  service.bends = { elements: ELEMENTS, mdocAnswer: answer() };
  const { card, copies } = await fetchCard();
  expect([card.doctype, textsOf(copies)]).toEqual([undefined, [3, 0]]);
});

test.each<[string, Elements]>([
  ["another name", { ...ELEMENTS, [DOCTYPE]: { ...ELEMENTS[DOCTYPE], family_name: "Suzuki" } }],
  ["another street", { ...ELEMENTS, [DOCTYPE]: { ...ELEMENTS[DOCTYPE], resident_address: "1-2-4 Aoba, Sendai" } }],
  ["a birth name that the card does not say", { ...ELEMENTS, [DOCTYPE]: { ...ELEMENTS[DOCTYPE], family_name_birth: "Abe" } }],
])("documents that say %s are refused, and the card with them", async (_, elements) => {
  service.bends.elements = elements;
  await expect(fetchCard()).rejects.toThrow("card_not_genuine");
  expect(service.events).toEqual(["credential_failure", "credential_failure"]);
});

test("a card that an officer still decides about is not ready in either format, and each is told of before the next is asked for", async () => {
  service.bends = { isDeferred: true, elements: ELEMENTS };
  const told: string[][] = [];
  const outcome = await ask("123456", async ({ parts }) => void told.push(parts.map(({ format }) => `${format} of ${service.waiting.size}`)));
  expect(told).toEqual([["dc+sd-jwt of 1"], ["dc+sd-jwt of 2", "mso_mdoc of 2"]]);
  if (isReady(outcome)) throw new Error("nobody has decided");
  expect(outcome.parts.map(({ answer }) => answer)).toEqual([{ transaction: "t-1", interval: 60 }, { transaction: "t-2", interval: 60 }]);
  expect(outcome.parts.map(({ keys }) => keys.length)).toEqual([3, 3]);
  expect([service.events, await listCards()]).toEqual([[], []]);
});

const LATER = () => Response.json({ transaction_id: "t-9", interval: 60 }, { status: 202 });

test("a second format that comes later, and nowhere to be had then, is not waited for: the card is there", async () => {
  service.bends = { elements: ELEMENTS, mdocAnswer: LATER(), asksNeverAgain: true };
  const { card, copies } = await fetchCard();
  expect([card.doctype, textsOf(copies)]).toEqual([undefined, [3, 0]]);
});

/** A browser that is full from the given time on that it is to keep something. */
function full(from: number): () => Promise<void> {
  let times = 0;
  return () => (++times >= from ? Promise.reject(new DOMException("full", "QuotaExceededError")) : Promise.resolve());
}

test("nobody is told to wait for what could not be kept", async () => {
  service.bends = { isDeferred: true, elements: ELEMENTS };
  await expect(ask("123456", full(1))).rejects.toMatchObject({ fault: "not_kept", cause: { name: "QuotaExceededError" } });
  expect(await listCards()).toEqual([]);
});

test("a card that has come is not thrown away because its second format could not be kept", async () => {
  service.bends = { elements: ELEMENTS, mdocAnswer: LATER() };
  const outcome = await ask("123456", full(1));
  expect("card" in outcome && [outcome.card.doctype, textsOf(outcome.copies)]).toEqual([undefined, [3, 0]]);
});

test("a card that is waited for is waited for although its second format could not be kept", async () => {
  service.bends = { isDeferred: true, elements: ELEMENTS };
  const outcome = await ask("123456", full(2));
  expect("parts" in outcome && outcome.parts.map(({ format }) => format)).toEqual(["dc+sd-jwt"]);
});

test("a card that is not ready and nowhere to be had later cannot be waited for", async () => {
  service.bends = { isDeferred: true, asksNeverAgain: true };
  await expect(ask()).rejects.toThrow("not_ready");
});

test.each<[string, object]>([
  ["neither copies nor a name to ask by", {}],
  ["both", { credentials: [{ credential: "x" }], transaction_id: "t-1", interval: 60 }],
  ["a name without a time", { transaction_id: "t-1" }],
  ["a time that is none", { transaction_id: "t-1", interval: -1 }],
  ["a name that is none", { transaction_id: "", interval: 60 }],
  ["a name without end", { transaction_id: "t".repeat(5000), interval: 60 }],
])("an answer with %s is refused", async (_, answer) => {
  if (service.sealing) service.sealing.answers = async (_text, wanted) => sealed(await seal(JSON.stringify(answer), wanted), 202);
  await expect(ask()).rejects.toThrow("offer_refused");
  expect(await listCards()).toEqual([]);
});

test("an issuer that has refused is quoted", async () => {
  service.more["/credential"] = () => Response.json({ error: "credential_request_denied" }, { status: 400 });
  await expect(ask()).rejects.toSatisfy((error) => refusalIn(error) === "credential_request_denied");
});

test("a token is asked for and used with proofs of one key", async () => {
  const proofs: string[] = [];
  vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => {
    const proof = new Headers(init?.headers).get("dpop");
    if (proof) proofs.push(proof);
    return service.fetch(input, init);
  });
  await fetchCard();
  const said = await Promise.all(proofs.map((proof) => decodeJwt(proof)));
  expect(said.map(({ htm, htu }) => `${String(htm)} ${String(htu)}`)).toEqual([`POST ${service.origin}/token`, `POST ${service.origin}/credential`]);
  expect(new Set(proofs.map((proof) => decodeProtectedHeader(proof).jwk?.x)).size).toBe(1);
  expect(said[1]?.["ath"]).toBe(toBase64url(await sha256(utf8("access-1"))));
});
