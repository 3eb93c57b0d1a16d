import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeAnswer, makeRefusal, send } from "./answer";
import type { ClaimPath } from "./card";
import { publicJwk } from "./jws";
import { resolveRequest, type VerifiedRequest } from "./request";
import { keyPair, TestAuthority } from "./testing/authority";
import { asked } from "./testing/choice";
import { TestService, type Bends } from "./testing/service";
import { matchingWords } from "./words";

const NOW = new Date("2026-11-01T00:00:00Z");
let service: TestService;

beforeEach(async () => {
  service = await TestService.make();
  vi.stubGlobal("fetch", service.fetch);
});

afterEach(() => vi.unstubAllGlobals());

async function resolve(bends: Bends = {}) {
  service.bends = bends;
  return resolveRequest(await service.link(), service.origin, [service.authority.root], NOW);
}

async function copy() {
  const { privateKey, publicKey } = await keyPair();
  return { card: "c", sdJwt: await service.authority.card(await publicJwk(publicKey)), key: privateKey, status: undefined };
}

async function answer(request: VerifiedRequest, paths: readonly ClaimPath[] = [["family_name"]]) {
  return send(await makeAnswer(request, [{ copy: await copy(), ...asked(paths) }], NOW));
}

test("the asker's name comes from its certificate, the purpose from its notice", async () => {
  const request = await resolve();
  expect(request.organisation).toBe("Hotel Aoba");
  expect(request.notice).toMatchObject({ scene: "hotel-checkin-jp", retention_days: 1095, purpose: { en: "Guest register" } });
  expect(request.query.credentials.map(({ wanted }) => wanted)).toEqual([[{ id: "family_name", path: ["family_name"], claim: ["family_name"] }]]);
});

test("the words come from both nonces", async () => {
  const request = await resolve();
  expect(request.words).toEqual(await matchingWords(request.nonce, service.walletNonce ?? ""));
});

test("the answer is encrypted to the asker and carries the presentation", async () => {
  const request = await resolve();
  expect(await answer(request)).toEqual({ redirect: undefined });
  expect(Object.keys(service.posted[0] ?? {})).toEqual(["response"]);
  const { vp_token: answers, state, header } = await service.decrypted();
  expect(header).toMatchObject({ alg: "ECDH-ES", enc: "A256GCM", kid: "answer-1" });
  expect([state, Object.keys(answers), answers["card"]?.length]).toEqual(["state-1", ["card"], 1]);
});

test("an asker without encryption gets a plain answer", async () => {
  const request = await resolve({ request: { response_mode: "direct_post" } });
  await answer(request);
  expect(Object.keys(service.posted[0] ?? {}).sort()).toEqual(["state", "vp_token"]);
  expect(JSON.parse(service.posted[0]?.["vp_token"] ?? "")).toEqual({ card: [expect.stringContaining("~")] });
});

test("the asker may call the browser back, but only to a page", async () => {
  const back = (redirect_uri: string) => resolve({ acknowledgement: Response.json({ redirect_uri }) });
  expect(await answer(await back("https://id.example/check/return?x=1"), [])).toEqual({ redirect: "https://id.example/check/return?x=1" });
  service = await TestService.make();
  vi.stubGlobal("fetch", service.fetch);
  expect(await answer(await back("javascript:alert(1)"), [])).toEqual({ redirect: undefined });
});

test("a refusal names no reason and no person", async () => {
  await send(makeRefusal(await resolve()));
  expect(service.posted).toEqual([{ error: "access_denied", state: "state-1" }]);
});

test.each([
  ["level_too_low", "level_too_low"],
  ["revoked", "card_revoked"],
  ["wrong_nonce", "answer_refused"],
])("a card refused for %s is explained", async (reason, fault) => {
  const acknowledgement = Response.json({ error: "invalid_presentation", error_description: reason }, { status: 400 });
  await expect(answer(await resolve({ acknowledgement }))).rejects.toThrow(fault);
});

test.each<[string, Bends, string]>([
  ["from another client", { request: { client_id: "x509_hash:AAAA" } }, "request_not_genuine"],
  ["for another wallet's nonce", { request: { wallet_nonce: "other" } }, "request_not_genuine"],
  ["without the wallet's nonce", { request: { wallet_nonce: undefined } }, "request_not_genuine"],
  ["of another type", { requestHeader: { typ: "jwt" } }, "request_not_genuine"],
  ["that has expired", { request: { exp: 1_700_000_000 } }, "request_not_genuine"],
  ["without a certificate", { requestHeader: { x5c: undefined } }, "request_not_genuine"],
  ["signed with nothing", { requestHeader: { alg: "none" } }, "request_not_genuine"],
  ["whose answer goes elsewhere", { request: { response_uri: "https://evil.example/" } }, "request_not_genuine"],
  ["with transaction data", { request: { transaction_data: ["e30"] } }, "request_"],
  ["for an identity token", { request: { response_type: "vp_token id_token" } }, "request_"],
  ["in another way of answering", { request: { response_mode: "fragment" } }, "request_"],
  ["without a query", { request: { dcql_query: undefined } }, "request_"],
])("a request %s is refused", async (_, bends, fault) => {
  await expect(resolve(bends)).rejects.toThrow(fault);
  expect(service.posted).toEqual([]);
});

test("an organisation of another authority is refused", async () => {
  await expect(resolve({ requestAuthority: await TestAuthority.make() })).rejects.toThrow("request_not_genuine");
});

test("requests of other services are not fetched", async () => {
  const link = (await service.link()).replaceAll("id.example", "evil.example");
  await expect(resolveRequest(link, service.origin, [service.authority.root], NOW)).rejects.toThrow("other_service");
});

test.each([
  [400, "another wallet has fetched the request", "request_taken"],
  [400, "the window code has been replaced by a newer one", "request_expired"],
  [404, "no such request", "request_expired"],
  [503, "try again in a moment", "busy"],
])("a request that is not handed out (%i, %s) is explained", async (status, description, fault) => {
  const link = await service.link();
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ error: "invalid_request", error_description: description }, { status })));
  await expect(resolveRequest(link, service.origin, [service.authority.root], NOW)).rejects.toThrow(fault);
});

test("a request that was fetched before is gone on with, under the same nonce and without its code", async () => {
  const first = await resolve();
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  const earlier = { nonce: service.walletNonce ?? "", object: first.object };
  const again = await resolveRequest(await service.link(), service.origin, [service.authority.root], NOW, earlier);
  expect(again).toEqual(first);
});

test("a request that another wallet fetched is not believed", async () => {
  const { object } = await resolve();
  const earlier = { nonce: "a-nonce-of-another-wallet", object };
  await expect(resolveRequest(await service.link(), service.origin, [service.authority.root], NOW, earlier)).rejects.toThrow("request_not_genuine");
});

test("an answer that cannot be sent is not a refusal, and goes out unchanged the second time", async () => {
  const ready = await makeAnswer(await resolve(), [{ copy: await copy(), ...asked([["family_name"]]) }], NOW);
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  await expect(send(ready)).rejects.toThrow("offline");
  vi.stubGlobal("fetch", service.fetch);
  expect(await send(ready, { again: true })).toEqual({ redirect: undefined });
  expect(service.posted).toEqual([Object.fromEntries(new URLSearchParams(ready.form))]);
});

test("an answer whose receipt was lost has arrived all the same", async () => {
  const acknowledgement = () => Response.json({ error: "invalid_request", error_description: "the check is over" }, { status: 400 });
  const ready = await makeAnswer(await resolve({ acknowledgement: acknowledgement() }), [{ copy: await copy(), ...asked([["family_name"]]) }], NOW);
  await expect(send(ready)).rejects.toThrow("answer_refused");
  service.bends.acknowledgement = acknowledgement();
  expect(await send(ready, { again: true })).toEqual({ redirect: undefined });
});

test("an asker that cannot judge at the moment has not refused", async () => {
  await expect(answer(await resolve({ acknowledgement: Response.json({}, { status: 503 }) }))).rejects.toThrow("busy");
});
