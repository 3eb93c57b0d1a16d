import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Collecting } from "./collecting.svelte";
import { TestHolder } from "./protocol/testing/holder";
import { TestService } from "./protocol/testing/service";
import { addCard, anyCopy, copiesLeft, listCards, needsPassword } from "./store/cards";
import { eraseAll, isKept } from "./store/database";
import { forgetAccount, walletData } from "./store/account";
import { readSetting, type Account } from "./store/settings";
import { keepWaiting, listWaiting } from "./store/waiting";
import { lookAgain } from "./waiting";

const PASSWORD = "40718263";
const WRONG = "40718264";
let service: TestService;
let holder: TestHolder;

beforeEach(async () => {
  vi.useFakeTimers({ now: new Date("2026-11-01T00:00:00Z"), toFake: ["Date"] });
  service = await TestService.make();
  holder = await TestHolder.make(service, PASSWORD);
  vi.stubGlobal("fetch", service.fetch);
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await eraseAll();
});

type More = Partial<ConstructorParameters<typeof Collecting>[1]>;

function collecting(more: More = { level: "full" }, code: string | undefined = "123456"): Collecting {
  return new Collecting({ uri: service.offer, code }, { origin: service.origin, ...more });
}

async function collected(): Promise<Collecting> {
  const one = collecting();
  await one.look();
  await one.enterPassword(PASSWORD);
  return one;
}

const reason = ({ failure }: Collecting) => (failure instanceof Error ? failure.message : undefined);

test("a full card is collected: device, sign-in, keys, proofs, copies without a key of this browser", async () => {
  const one = collecting();
  await one.look();
  expect([one.asks, holder.calls]).toEqual(["password", []]);
  await one.enterPassword(PASSWORD);
  expect([reason(one), one.failure]).toEqual([undefined, undefined]);
  expect(holder.calls).toEqual(["devices", "login/start", "login/finish", "keys/prepare", "keys"]);
  const card = one.card ?? "";
  expect([await copiesLeft(card), await needsPassword(card)]).toEqual([3, true]);
  const copy = await anyCopy(card);
  expect(copy && isKept(copy.key) && copy.key).toMatchObject({ person: "p-1" });
  expect(service.events).toEqual(["credential_accepted"]);
  expect(holder.signed).toEqual(Array.from({ length: 3 }, () => ({ purpose: "credential_request_proof", credential_issuer: service.origin, c_nonce: "nonce-1" })));
});

test("the device's key cannot be taken out of the browser, and stays the same for the next card", async () => {
  await collected();
  const [account] = (await readSetting("accounts")) ?? [];
  expect(account).toMatchObject({ authority: service.origin, person: "p-1", card: "card" });
  await expect(crypto.subtle.exportKey("jwk", (account as { device: CryptoKeyPair }).device.privateKey)).rejects.toThrow();
  await collected();
  expect(holder.devices[1]?.x).toBe(holder.devices[0]?.x);
  expect(await readSetting("accounts")).toHaveLength(1);
});

test("a key that was another device's is replaced by a new one", async () => {
  await collected();
  holder.bends.refuse["/api/holder/devices"] = [409, "device_key_used"];
  const one = await collected();
  expect(one.failure).toBeUndefined();
  expect(holder.devices[1]?.x).not.toBe(holder.devices[0]?.x);
});

test("a wrong password is asked for again, under the same access token", async () => {
  const one = collecting();
  await one.look();
  await one.enterPassword(WRONG);
  expect([one.asks, one.card, one.failure]).toMatchObject(["password", undefined, { fault: "wrong_password", triesLeft: 9 }]);
  await one.enterPassword(PASSWORD);
  expect([one.failure, one.card === undefined]).toEqual([undefined, false]);
});

test("a wait is told with its seconds, and asked for again", async () => {
  const one = collecting();
  await one.look();
  holder.bends.refuse["/api/holder/login/start"] = [429, "password_wait", { "retry-after": "60" }];
  await one.enterPassword(PASSWORD);
  expect([one.asks, one.failure]).toMatchObject(["password", { code: "password_wait", retryAfter: 60 }]);
});

test("a lock ends it", async () => {
  const one = collecting();
  await one.look();
  holder.bends.refuse["/api/holder/login/start"] = [409, "password_locked"];
  await one.enterPassword(PASSWORD);
  expect([one.asks, one.failure]).toMatchObject([undefined, { code: "password_locked" }]);
});

test("keys that cannot be made now are made at the next try, in the same session", async () => {
  const one = collecting();
  await one.look();
  holder.bends.refuse["/api/holder/keys/prepare"] = [503, "vault_unavailable"];
  await one.enterPassword(PASSWORD);
  expect([one.asks, one.failure]).toMatchObject([undefined, { code: "vault_unavailable" }]);
  await one.look();
  expect(one.card).toBeDefined();
  expect(holder.calls.filter((call) => call === "login/start")).toHaveLength(1);
});

test("an access token that has ended is replaced by that of the journey's new offer", async () => {
  const one = collecting({ level: "full", renew: () => Promise.resolve({ uri: service.offer, code: "123456" }) });
  await one.look();
  holder.bends.refuse["/api/holder/devices"] = [401, "unauthorized"];
  await one.enterPassword(PASSWORD);
  expect([one.failure, one.card === undefined]).toEqual([undefined, false]);
});

test("without a journey an access token that has ended ends it", async () => {
  const one = collecting();
  await one.look();
  holder.bends.refuse["/api/holder/devices"] = [401, "unauthorized"];
  await one.enterPassword(PASSWORD);
  expect(reason(one)).toBe("offer_used");
});

test("an offer from elsewhere says by the authority's word whether it is of a full card", async () => {
  const full = collecting({});
  await full.look();
  expect([full.asks, holder.calls]).toEqual(["password", ["devices"]]);
  await full.enterPassword(PASSWORD);
  expect(full.card).toBeDefined();
});

test("an offer from elsewhere of a light card needs neither password nor device", async () => {
  holder.bends.refuse["/api/holder/devices"] = [409, "not_a_full_journey"];
  const light = collecting({});
  await light.look();
  expect([light.failure, light.asks, await needsPassword(light.card ?? "")]).toEqual([undefined, undefined, false]);
  expect(await readSetting("accounts")).toBeUndefined();
});

test("an offer that needs a code asks for it first", async () => {
  const one = new Collecting({ uri: service.offer }, { origin: service.origin, level: "full" });
  await one.look();
  expect(one.asks).toBe("code");
  await one.enterCode("000000");
  expect(one.asks).toBe("password");
  await one.enterPassword(PASSWORD);
  expect([one.asks, reason(one)]).toEqual(["code", "offer_refused"]);
});

test("proofs of something else than was agreed to are not passed on", async () => {
  holder.bends.consent = { purpose: "credential_request_proof", credential_issuer: "https://evil.example", c_nonce: "nonce-1" };
  const one = await collected();
  expect([reason(one), one.card, await listCards()]).toEqual(["signed_otherwise", undefined, []]);
});

test("a full card takes the place of the light one, and a light one never that of a full one", async () => {
  const light = { id: "old", issuer: service.origin, vct: "urn:eudi:pid:1", claims: { personal_administrative_number: "UT-1234-5678", assurance_level: "light" }, obtainedAt: 1, expiresAt: undefined, copiesIssued: 0 };
  await addCard(light, []);
  const full = await collected();
  expect((await listCards()).map(({ id }) => id)).toEqual([full.card]);
  await addCard({ ...light, id: "later" }, []);
  expect(new Set((await listCards()).map(({ id }) => id))).toEqual(new Set([full.card, "later"]));
});

/** A full card that an officer still decides about. */
async function waitsFor(): Promise<{ id: string; account: Account }> {
  service.bends.isDeferred = true;
  expect((await collected()).waits).toBe(true);
  const [waiting] = await listWaiting();
  const [account] = (await readSetting("accounts")) ?? [];
  return { id: waiting?.id ?? "", account: account as Account };
}

test("a full card is waited for with keys that the authority keeps, and comes without another sign-in", async () => {
  const { id } = await waitsFor();
  const calls = [...holder.calls];
  delete service.bends.isDeferred;
  expect((await lookAgain(id, service.origin, true)).state).toBe("arrived");
  expect(holder.calls).toEqual(calls);
  expect([(await listCards()).map(({ person }) => person), await needsPassword(id)]).toEqual([["p-1"], true]);
  const copy = await anyCopy(id);
  expect(copy && isKept(copy.key) && copy.key.person).toBe("p-1");
});

test("whoever has everything erased waits for nothing of theirs, and others of another authority or person go on", async () => {
  const { id, account } = await waitsFor();
  const [waiting] = await listWaiting();
  if (!waiting?.open) throw new Error("nothing is waited for");
  const parts = waiting.open.parts.map((part) => ({ ...part, keys: part.keys.map((key) => ({ ...key, person: "p-2" })) }));
  await keepWaiting({ ...waiting, id: "another person's", open: { ...waiting.open, parts } });
  await keepWaiting({ ...waiting, id: "another authority's", issuer: "https://other.example" });
  await keepWaiting({ ...waiting, id: "nobody knows whose", open: { ...waiting.open, parts: [] } });
  expect((await walletData()).waiting).toContainEqual({ issuer: service.origin, since: waiting.since, askedAt: waiting.askedAt });
  await forgetAccount(account, waiting.since);
  expect(new Set((await listWaiting()).map((one) => one.id))).toEqual(new Set(["another person's", "another authority's"]));
  expect(await lookAgain(id, service.origin, true)).toEqual({ state: "gone" });
});

test("whoever has everything erased waits for no copies of theirs, and fresh copies of other people's cards still come", async () => {
  await collected();
  const [mine] = await listCards();
  const [account] = (await readSetting("accounts")) ?? [];
  if (!mine || !account) throw new Error("no card");
  await addCard({ ...mine, id: "other", person: undefined, claims: { ...mine.claims, personal_administrative_number: "UT-9999" } }, []);
  const waiting = { issuer: service.origin, since: 1, askedAt: 1, ended: "card_denied" } as const;
  await keepWaiting({ ...waiting, id: "mine", renews: mine.id });
  await keepWaiting({ ...waiting, id: "theirs", renews: "other" });
  await keepWaiting({ ...waiting, id: "of a card that is gone", renews: "gone" });
  await forgetAccount(account, 2);
  expect([(await listCards()).map(({ id }) => id), (await listWaiting()).map(({ id }) => id)]).toEqual([["other"], ["theirs"]]);
});

test("whoever deletes the wallet waits for nothing", async () => {
  await waitsFor();
  await eraseAll();
  expect(await listWaiting()).toEqual([]);
});
