import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { addCard, copiesLeft, deleteCard, listCards, takeCopy } from "../store/cards";
import { eraseAll } from "../store/database";
import { anchors, authorityIsUnchanged, unpinAuthority } from "./authority";
import { collect, redeem, resolveOffer } from "./collect";
import { publicJwk } from "./jws";
import { CLAIMS, keyPair, TestAuthority } from "./testing/authority";
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

async function fetchCard(code = "123456") {
  const resolved = await resolveOffer(service.offer, service.origin);
  return collect(resolved, { accessToken: await redeem(resolved, code), anchors: [service.authority.root], now: NOW });
}

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
  const taken = [await takeCopy(card.id), await takeCopy(card.id)];
  expect(taken[0]?.sdJwt).not.toBe(taken[1]?.sdJwt);
  expect(await copiesLeft(card.id)).toBe(1);
  await deleteCard(card.id);
  expect([await copiesLeft(card.id), await takeCopy(card.id), await listCards()]).toEqual([0, undefined, []]);
});

test("copies taken at the same time are different ones", async () => {
  const { card, copies } = await fetchCard();
  await addCard(card, copies);
  const taken = await Promise.all([takeCopy(card.id), takeCopy(card.id), takeCopy(card.id), takeCopy(card.id)]);
  expect(new Set(taken.map((copy) => copy?.sdJwt)).size).toBe(4);
  expect(taken.filter((copy) => copy === undefined)).toHaveLength(1);
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
