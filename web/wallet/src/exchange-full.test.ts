import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Collecting } from "./collecting.svelte";
import { Exchange } from "./exchange.svelte";
import { sha256, toBase64url, utf8 } from "./protocol/bytes";
import { chosen } from "./protocol/testing/choice";
import { TestHolder } from "./protocol/testing/holder";
import { TestService } from "./protocol/testing/service";
import { copiesLeft, listCards, type HeldCard } from "./store/cards";
import { eraseAll } from "./store/database";
import { listHistory } from "./store/history";
import { dropSetting } from "./store/settings";

const PASSWORD = "40718263";
const WRONG = "40718264";
const PATHS = [["family_name"]];
let service: TestService;
let holder: TestHolder;
let card: HeldCard;

beforeEach(async () => {
  vi.useFakeTimers({ now: new Date("2026-11-01T00:00:00Z"), toFake: ["Date"] });
  service = await TestService.make();
  holder = await TestHolder.make(service, PASSWORD);
  vi.stubGlobal("fetch", service.fetch);
  vi.stubGlobal("navigator", { onLine: true, languages: [] });
  const collecting = new Collecting({ uri: service.offer, code: "123456" }, { origin: service.origin, level: "full" });
  await collecting.look();
  await collecting.enterPassword(PASSWORD);
  [card] = (await listCards()) as [HeldCard];
  holder.calls.length = holder.signed.length = 0;
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await eraseAll();
});

async function asked(): Promise<Exchange> {
  const exchange = new Exchange(await service.link(), service.origin, () => undefined);
  await exchange.read();
  await exchange.give([chosen(card, PATHS)]);
  return exchange;
}

const troubleOf = ({ trouble }: Exchange) => trouble;

test("after the consent the ID password is asked for, and until then no copy is taken and nothing sent", async () => {
  const exchange = await asked();
  expect(exchange.waiting).toMatchObject({ choices: [chosen(card, PATHS)], isOneOfSeveral: false });
  expect([exchange.stage, holder.calls, await copiesLeft(card.id), service.posted]).toEqual(["asking", [], 3, []]);
});

test("the authority signs exactly what is shown, for the one who asks", async () => {
  const exchange = await asked();
  await exchange.enter(PASSWORD);
  expect([exchange.stage, exchange.failure, await copiesLeft(card.id)]).toEqual(["given", undefined, 2]);
  expect(holder.calls).toEqual(["login/start", "login/finish", "sign"]);
  const [presentation = ""] = Object.values((await service.decrypted()).vp_token)[0] ?? [];
  const shown = presentation.slice(0, presentation.lastIndexOf("~") + 1);
  const { clientId, nonce, payload } = exchange.request ?? expect.fail("no request");
  const sd_hash = toBase64url(await sha256(utf8(shown)));
  expect(holder.signed).toEqual([{ purpose: "key_binding", client_id: clientId, nonce, response_uri: payload.response_uri, sd_hash }]);
  expect(shown.split("~").filter(Boolean)).toHaveLength(2);
  expect((await listHistory()).map(({ kind }) => kind)).toEqual(["shown", "received"]);
});

test("a wrong password says how many tries are left, and costs no copy", async () => {
  const exchange = await asked();
  await exchange.enter(WRONG);
  expect([exchange.waiting === undefined, troubleOf(exchange)]).toMatchObject([false, { fault: "wrong_password", triesLeft: 9 }]);
  expect([await copiesLeft(card.id), service.posted]).toEqual([3, []]);
  await exchange.enter(PASSWORD);
  expect(exchange.stage).toBe("given");
});

test.each([
  [429, "password_wait"],
  [409, "password_locked"],
] as const)("%i %s is told where the password is entered", async (status, code) => {
  const exchange = await asked();
  holder.bends.refuse["/api/holder/login/start"] = [status, code, { "retry-after": "60" }];
  await exchange.enter(PASSWORD);
  expect([exchange.waiting === undefined, troubleOf(exchange)]).toMatchObject([false, { code }]);
  expect(await copiesLeft(card.id)).toBe(3);
});

test("a session that is over asks for the password again, and the copy is not lost", async () => {
  const exchange = await asked();
  holder.bends.refuse["/api/holder/sign"] = [401, "session_over"];
  await exchange.enter(PASSWORD);
  expect([exchange.stage, troubleOf(exchange), await copiesLeft(card.id)]).toMatchObject(["asking", { code: "session_over" }, 3]);
  await exchange.enter(PASSWORD);
  expect([exchange.stage, await copiesLeft(card.id)]).toEqual(["given", 2]);
});

test("keys that cannot be used now are tried again without another password", async () => {
  const exchange = await asked();
  holder.bends.refuse["/api/holder/sign"] = [503, "vault_unavailable"];
  await exchange.enter(PASSWORD);
  expect([exchange.failure, await copiesLeft(card.id)]).toMatchObject([{ code: "vault_unavailable" }, 3]);
  await exchange.retry?.();
  expect([exchange.stage, holder.calls.filter((call) => call === "login/start").length]).toEqual(["given", 1]);
});

test("a device that is retired says so, and nothing is sent", async () => {
  const exchange = await asked();
  holder.bends.refuse["/api/holder/sign"] = [409, "device_retired"];
  await exchange.enter(PASSWORD);
  expect([exchange.failure, exchange.retry, service.posted]).toMatchObject([{ code: "device_retired" }, undefined, []]);
});

test("what the authority signed otherwise than agreed is not given", async () => {
  const exchange = await asked();
  holder.bends.consent = { purpose: "key_binding", client_id: "x509_hash:evil", nonce: "n", response_uri: null, sd_hash: "h" };
  await exchange.enter(PASSWORD);
  expect([(exchange.failure as Error).message, service.posted, await copiesLeft(card.id)]).toEqual(["signed_otherwise", [], 3]);
});

test("whoever leaves off while the password is checked gives nothing", async () => {
  const exchange = await asked();
  const entering = exchange.enter(PASSWORD);
  exchange.leaveOff();
  await entering;
  expect([exchange.stage, service.posted, await copiesLeft(card.id)]).toEqual(["asking", [], 3]);
});

test("a wallet that has lost its device key says what to do", async () => {
  await dropSetting("accounts");
  const exchange = await asked();
  await exchange.enter(PASSWORD);
  expect((troubleOf(exchange) as Error).message).toBe("no_account");
});
