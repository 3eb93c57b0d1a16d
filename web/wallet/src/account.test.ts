import "fake-indexeddb/auto";
import { drawCodeOfCollected, reportLost } from "@mibun/api-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HolderAct } from "./act.svelte";
import { eraseAccount } from "./erasing";
import { Collecting } from "./collecting.svelte";
import { catalogue } from "./messages";
import { inWords } from "./parts/account/record";
import type { Access } from "./protocol/access";
import { changePassword, copyOfData, drawCode, erase } from "./protocol/account";
import { accountOf, notePasskey } from "./protocol/device";
import type { Session } from "./protocol/holder";
import { readReceipt } from "./protocol/receipt";
import { PURPOSE } from "./protocol/chain";
import { TestAuthority } from "./protocol/testing/authority";
import { TestHolder } from "./protocol/testing/holder";
import { TestService } from "./protocol/testing/service";
import { cardOf, forgetAccount, walletData } from "./store/account";
import { addCard, listCards } from "./store/cards";
import { eraseAll } from "./store/database";
import { readSetting, type Account } from "./store/settings";

const PASSWORD = "40718263";
const OTHER = "60718293";
const NOW = new Date("2026-11-01T00:00:00Z");
let service: TestService;
let holder: TestHolder;
let account: Account;
let collecting: Collecting;

beforeEach(async () => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  service = await TestService.make();
  holder = await TestHolder.make(service, PASSWORD);
  vi.stubGlobal("fetch", service.fetch);
  collecting = new Collecting({ uri: service.offer, code: "123456" }, { origin: service.origin, level: "full" });
  await collecting.look();
  await collecting.enterPassword(PASSWORD);
  account = await accountOf("p-1");
  holder.calls.length = 0;
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await eraseAll();
});

/** What comes of an act with the ID password. */
async function done<T>(act: (session: Session, now: Date) => Promise<T>, password = PASSWORD): Promise<T> {
  const one = new HolderAct(account, act);
  await one.enter(password);
  if (one.trouble) throw one.trouble;
  return one.result as T;
}

const receiptOf = async () => readReceipt(await done(erase), account, [service.authority.root], NOW);

test("another ID password opens, the old one does not, and the sign-in is over", async () => {
  const session = await done(async (opened) => opened);
  await changePassword(session, OTHER, NOW);
  expect(holder.calls).toEqual(["login/start", "login/finish", "password/start", "password/finish"]);
  await expect(drawCode(session, NOW)).rejects.toMatchObject({ code: "session_over", status: 401 });
  await expect(done(drawCode)).rejects.toMatchObject({ fault: "wrong_password", triesLeft: 9 });
  expect(await done(drawCode, OTHER)).toHaveLength(20);
});

test("the record is what the device proves: another one is not taken", async () => {
  const session = await done(async (opened) => opened);
  const fetch = service.fetch;
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    if (!String(input).endsWith("password/finish")) return fetch(input, init);
    const body = JSON.parse(String(init?.body)) as { record: string };
    return fetch(input, { ...init, body: JSON.stringify({ ...body, record: body.record.replace(/^./, (first) => (first === "A" ? "B" : "A")) }) });
  });
  await expect(changePassword(session, OTHER, NOW)).rejects.toMatchObject({ code: "device_proof_over" });
  vi.stubGlobal("fetch", fetch);
  expect(await done(drawCode)).toHaveLength(20);
});

test("a wrong password is said with its tries, and nothing is asked for", async () => {
  const one = new HolderAct(account, drawCode);
  await one.enter(OTHER);
  expect([one.trouble, one.result]).toMatchObject([{ fault: "wrong_password", triesLeft: 9 }, undefined]);
  expect(holder.calls).toEqual(["login/start"]);
  await one.enter(PASSWORD);
  expect([one.trouble, one.result]).toEqual([undefined, "ABCDEFGHJKMNPQRSTUV2"]);
});

test.each(["other_device", "unconfirmed"])("%s is passed on, and the act can be done again", async (code) => {
  const one = new HolderAct(account, drawCode);
  holder.bends.refuse["/api/holder/revocation-code"] = [422, code];
  await one.enter(PASSWORD);
  expect(one.trouble).toMatchObject({ code });
  await one.enter(PASSWORD);
  expect(one.result).toBeDefined();
});

test("every request has a proof and a MAC of its own kind", async () => {
  const session = await done(async (opened) => opened);
  const asked = await session.ask("mibun-history-request+jwt", NOW);
  const codeOf = async (path: string, body: object) => {
    const reply = await service.fetch(path, { method: "POST", body: JSON.stringify(body) });
    return ((await reply.json()) as { code?: string }).code;
  };
  expect(await codeOf("/api/holder/erase", asked)).toBe("device_proof_malformed");
  expect(await codeOf("/api/holder/export", { ...asked, mac: asked.mac.replace(/^./, (first) => (first === "A" ? "B" : "A")) })).toBe("unconfirmed");
  expect(await codeOf("/api/holder/export", { ...asked, exchange: "x-9" })).toBe("session_over");
  const more = await session.ask("mibun-history-request+jwt", NOW, new Uint8Array([1]));
  expect(await codeOf("/api/holder/export", more)).toBe("device_proof_over");
  await done(async () => undefined);
  expect(await codeOf("/api/holder/export", { ...asked, exchange: "x-2" })).toBe("device_proof_over");
  expect(await codeOf("/api/holder/export", asked)).toBeUndefined();
});

test("whoever has collected a card draws a code with what the card was collected with", async () => {
  const code = await drawCodeOfCollected(collecting.access as Access);
  expect(holder.codes).toEqual([{ code, by: "DPoP access-1" }]);
  expect(await reportLost(code)).toBe(1);
});

test("a copy of the data has what the authority keeps and what the wallet knows", async () => {
  expect(await done(copyOfData)).toMatchObject({ authority: service.origin, register_record: { family_name: "Yamada" } });
  const { cards, history } = await walletData();
  expect(cards).toMatchObject([{ issuer: service.origin, copiesIssued: 3, claims: { family_name: "Yamada" } }]);
  expect(history).toEqual([{ at: NOW.getTime() / 1000, kind: "received" }]);
  expect(JSON.stringify(cards)).not.toContain("sdJwt");
});

test("what a copy leaves out is named in every language, and so is what an erasure keeps", async () => {
  const { portrait, devices, left_out: leftOut } = await done(copyOfData);
  expect([portrait, devices.map(({ passkey }) => passkey)]).toEqual([expect.stringMatching(/^data:image/), [true]]);
  const { kept } = await receiptOf();
  for (const { account: words } of Object.values(catalogue)) {
    expect(leftOut.filter((name) => !Object.hasOwn(words.copy.left, name))).toEqual([]);
    expect(kept.filter((name) => !Object.hasOwn(words.names, name))).toEqual([]);
    expect(inWords(words.copy.left, "audit_trail")).toBe(words.copy.left.audit_trail);
  }
  expect(inWords(catalogue.en.account.copy.left, "something_new")).toBe("something new");
});

test("an erasure gives a receipt of the authority's about this device", async () => {
  expect(await receiptOf()).toEqual({ at: 1_793_491_200, revokedCards: 1, erased: ["devices", "valid_cards"], kept: ["register_record", "levels_and_dates_of_revoked_cards", "audit_trail"] });
});

test.each<[string, NonNullable<TestHolder["bends"]["receipt"]>]>([
  ["of another type", { typ: "JWT" }],
  ["about another device", { payload: { device: "AAAA" } }],
  ["of another authority's name", { payload: { iss: "https://elsewhere.example" } }],
  ["without a number of cards", { payload: { revoked_cards: "many" } }],
  ["that does not say what was erased", { payload: { erased: "all" } }],
  ["without a time", { payload: { iat: undefined } }],
  ["by a signer of status lists", { purpose: PURPOSE.statusSigner }],
])("a receipt %s is not believed", async (_, receipt) => {
  holder.bends.receipt = receipt;
  await expect(receiptOf()).rejects.toMatchObject({ fault: "receipt_not_genuine" });
});

test("a receipt that another authority signed is not believed", async () => {
  holder.bends.receipt = { authority: await TestAuthority.make() };
  await expect(receiptOf()).rejects.toMatchObject({ fault: "receipt_not_genuine" });
});

test("a receipt in which a letter was changed is not believed", async () => {
  const [header = "", payload = "", signature] = (await done(erase)).split(".");
  const said = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as object;
  const changed = btoa(JSON.stringify({ ...said, revoked_cards: 9 })).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  await expect(readReceipt([header, changed, signature].join("."), account, [service.authority.root], NOW)).rejects.toMatchObject({ fault: "receipt_not_genuine" });
});

test("the wallet lets go of its part for a genuine receipt, and for no other", async () => {
  const erasing = () => done((session, now) => eraseAccount(account, session, now));
  holder.bends.receipt = { payload: { device: "AAAA" } };
  expect(await erasing()).toMatchObject({ content: undefined, receipt: expect.stringMatching(/^ey/) });
  expect([(await listCards()).length, (await readSetting("accounts"))?.length]).toEqual([1, 1]);
  delete holder.bends.receipt;
  expect(await erasing()).toMatchObject({ content: { revokedCards: 1 } });
  expect([await listCards(), await readSetting("accounts")]).toEqual([[], []]);
});

test("an erasure to which no answer came may have been done", async () => {
  const fetch = service.fetch;
  vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => (String(input).endsWith("/erase") ? Promise.reject(new TypeError("lost")) : fetch(input, init)));
  await expect(done(erase)).rejects.toMatchObject({ fault: "erasure_unknown" });
});

test.each([500, 502, 503, 504, 599])("an erasure answered with %i may have been done", async (status) => {
  holder.bends.refuse["/api/holder/erase"] = [status, "busy"];
  await expect(done(erase)).rejects.toMatchObject({ fault: "erasure_unknown", cause: { status } });
});

test("an erasure that took too long may have been done", async () => {
  const session = await done(async (opened) => opened);
  const fetch = service.fetch;
  const limit = vi.spyOn(AbortSignal, "timeout").mockReturnValue(AbortSignal.abort());
  vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => (String(input).endsWith("/erase") ? Promise.reject(new DOMException("over", "TimeoutError")) : fetch(input, init)));
  await expect(erase(session, NOW)).rejects.toMatchObject({ fault: "erasure_unknown", cause: { code: "timeout" } });
  limit.mockRestore();
});

test.each<[string, () => Promise<Response>]>([
  ["cannot be read", async () => new Response("<p>", { status: 200 })],
  ["is a page of something in between", async () => new Response("<p>", { status: 502 })],
])("an erasure whose answer %s may have been done", async (_, answer) => {
  const fetch = service.fetch;
  vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => (String(input).endsWith("/erase") ? answer() : fetch(input, init)));
  await expect(done(erase)).rejects.toMatchObject({ fault: "erasure_unknown" });
});

test.each<[number, string]>([
  [409, "record_not_active"],
  [422, "unconfirmed"],
  [429, "too_many_requests"],
])("an erasure refused with %i %s was not done, and says so", async (status, code) => {
  holder.bends.refuse["/api/holder/erase"] = [status, code];
  await expect(done(erase)).rejects.toMatchObject({ status, code });
});

test("the passkey is disowned after a genuine erasure, and after no other", async () => {
  const signalUnknownCredential = vi.fn(async () => undefined);
  vi.stubGlobal("location", new URL(service.origin));
  vi.stubGlobal("PublicKeyCredential", { signalUnknownCredential });
  await notePasskey(account, "AQID");
  account = await accountOf("p-1");
  const erasing = () => done((session, now) => eraseAccount(account, session, now));
  holder.bends.refuse["/api/holder/erase"] = [503, "busy"];
  await expect(erasing()).rejects.toMatchObject({ fault: "erasure_unknown" });
  holder.bends.receipt = { payload: { device: "AAAA" } };
  await erasing();
  expect(signalUnknownCredential).not.toHaveBeenCalled();
  delete holder.bends.receipt;
  expect(await erasing()).toMatchObject({ content: { revokedCards: 1 } });
  expect(signalUnknownCredential.mock.calls).toEqual([[{ rpId: location.hostname, credentialId: "AQID" }]]);
});

test("the wallet lets go of the account's cards and key, and of nobody else's", async () => {
  const other = { id: "other", issuer: service.origin, vct: "urn:eudi:pid:1", claims: { personal_administrative_number: "UT-9999" }, obtainedAt: 1, expiresAt: undefined, copiesIssued: 0 };
  const light = { ...other, id: "light", claims: { personal_administrative_number: "UT-1234-5678", assurance_level: "light" } };
  await addCard(other, []);
  await addCard(light, []);
  expect((await cardOf(account))?.id).toBe(collecting.card);
  await forgetAccount(account, NOW.getTime() / 1000);
  expect((await listCards()).map(({ id }) => id)).toEqual(["other"]);
  expect(await readSetting("accounts")).toEqual([]);
  expect(await cardOf(account)).toBeUndefined();
});
