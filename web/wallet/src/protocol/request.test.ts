import { Oauth2Error, Oauth2ErrorCodes, Oauth2ServerErrorResponseError } from "@openid4vc/oauth2";
import { Openid4vpClient } from "@openid4vc/openid4vp";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeAnswer, makeRefusal, send } from "./answer";
import { toBase64url, utf8 } from "./bytes";
import type { ClaimPath } from "./card";
import { isPassing, RequestRefused } from "./fault";
import { publicJwk } from "./jws";
import { resolveRequest, type VerifiedRequest } from "./request";
import { keyPair, TestAuthority } from "./testing/authority";
import { DOCTYPE } from "./mdoc/elements";
import { asked } from "./testing/choice";
import { claim, credential, element, mdocQuery } from "./testing/queries";
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
])("a request %s is refused", async (_, bends, fault) => {
  await expect(resolve(bends)).rejects.toThrow(fault);
  expect(service.posted).toEqual([]);
});

const [TRANSACTION, FORMATS] = [["transaction_refused", "invalid_transaction_data"], ["request_unsupported", "vp_formats_not_supported"]] as const;
const MALFORMED = ["request_unsupported", "invalid_request"] as const;
const metadata = (changes: object, formats: object = { "dc+sd-jwt": {} }) => ({ client_metadata: { vp_formats_supported: formats, jwks: { keys: [{ kty: "EC", crv: "P-256", alg: "ECDH-ES", use: "enc", kid: "1", x: "AA", y: "AA" }] }, ...changes } });
const many = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at));
const WITH_TRANSACTION = toBase64url(utf8(JSON.stringify({ type: "payment", credential_ids: ["card"], amount: "10.00" })));

test.each<[string, Record<string, unknown>, readonly [fault: string, code: string]]>([
  ["with transaction data", { transaction_data: [WITH_TRANSACTION] }, TRANSACTION],
  ["with transaction data that is none", { transaction_data: "e30" }, TRANSACTION],
  ["for a scope", { scope: "pid" }, ["request_unsupported", "invalid_scope"]],
  ["for an identity token", { response_type: "vp_token id_token" }, MALFORMED],
  ["in another way of answering", { response_mode: "fragment" }, MALFORMED],
  ["that calls the browser back by itself", { redirect_uri: "https://id.example/back" }, MALFORMED],
  ["to one wallet alone", { aud: "https://other-wallet.example" }, MALFORMED],
  ["to nobody at all", { aud: [] }, MALFORMED],
  ["to this wallet and another", { aud: ["https://self-issued.me/v2", "https://other-wallet.example"] }, MALFORMED],
  ["whose nonce can be guessed", { nonce: "1" }, MALFORMED],
  ["without a query", { dcql_query: undefined }, MALFORMED],
  ["with a query that is none", { dcql_query: { credentials: [] } }, MALFORMED],
  ["with a place between two elements", { dcql_query: { credentials: [{ id: "card", format: "dc+sd-jwt", meta: { vct_values: ["v"] }, claims: [{ path: ["nationalities", 0.5] }] }] } }, MALFORMED],
  ["with more cards than anybody reads through", { dcql_query: { credentials: many(21, (at) => credential(`c${at}`, [])) } }, MALFORMED],
  ["of too many values", { dcql_query: { credentials: many(20, (at) => credential(`c${at}`, many(40, (place) => claim(`i${place}`)))) } }, MALFORMED],
  ["of values in values, too deep", { extra: JSON.parse("[".repeat(17) + "]".repeat(17)) }, MALFORMED],
  ["for cards of another format", { dcql_query: { credentials: [{ id: "card", format: "jwt_vc_json", meta: {} }] } }, FORMATS],
  ["by an asker who does not read the format", metadata({}, { mso_mdoc: {} }), FORMATS],
  ["by an asker who reads no signature of ours", metadata({}, { "dc+sd-jwt": { "sd-jwt_alg_values": ["ES512"] } }), FORMATS],
  ["by an asker whose formats are none", metadata({}, []), MALFORMED],
  ["without a key for the answer", metadata({ jwks: { keys: [{ kty: "OKP", crv: "X25519", x: "AA", kid: "1", alg: "ECDH-ES" }] } }), MALFORMED],
  ["without an encryption in common", metadata({ encrypted_response_enc_values_supported: ["A128CBC-HS256"] }), MALFORMED],
])("an authentic request %s is refused, and its asker is known", async (_, request, [fault, code]) => {
  const refused: unknown = await resolve({ request }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RequestRefused);
  expect(refused).toMatchObject({ fault, code, asker: { organisation: "Hotel Aoba", responseUri: "https://id.example/vp/responses/1", state: "state-1", expiresAt: 1_999_999_999 } });
});

test.each<[string, Bends]>([
  ["of another authority's organisation", { requestAuthority: await TestAuthority.make() }],
  ["in another's name", { request: { client_id: "x509_hash:AAAA" } }],
  ["for another wallet's nonce", { request: { wallet_nonce: "other" } }],
  ["whose answer goes elsewhere", { request: { response_uri: "https://evil.example/" } }],
  ["without an address for answers", { request: { response_uri: undefined } }],
  ["that has expired", { request: { exp: 1_700_000_000 } }],
  ["signed with nothing", { requestHeader: { alg: "none" } }],
])("of a request %s nobody is known, whatever else is wrong with it", async (_, bends) => {
  const refused: unknown = await resolve({ ...bends, request: { transaction_data: [WITH_TRANSACTION], ...bends.request } }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ fault: "request_not_genuine" });
  expect(refused).not.toHaveProperty("asker");
});

test("an authentic request with thousands of ways is refused at once", async () => {
  const dcql_query = { credentials: [credential("card", [])], credential_sets: [{ options: many(4000, () => ["card"]) }] };
  const start = performance.now();
  await expect(resolve({ request: { dcql_query } })).rejects.toBeInstanceOf(RequestRefused);
  expect(performance.now() - start).toBeLessThan(2000);
});

test("a request that is too long is not read to its end, and nobody is told", async () => {
  const refused: unknown = await resolve({ request: { verifier_info: "x".repeat(64 * 1024) } }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ fault: "request_unsupported" });
  expect([refused instanceof RequestRefused, service.posted]).toEqual([false, []]);
});

test.each<[string, unknown, "RequestRefused" | "WalletError", boolean]>([
  ["the library finds fault with", Object.assign(new Error("validation"), { zodError: undefined }), "RequestRefused", false],
  ["is refused by the library", new Oauth2ServerErrorResponseError({ error: Oauth2ErrorCodes.InvalidRequest }), "RequestRefused", false],
  ["lacks something here", new Oauth2ServerErrorResponseError({ error: Oauth2ErrorCodes.ServerError }), "WalletError", true],
  ["is not read because of this page", new Oauth2Error("not verified", { cause: new TypeError("undefined is not a function") }), "WalletError", true],
  ["this page stumbles over", new TypeError("undefined is not a function"), "WalletError", true],
])("an authentic request that %s is told to its asker only where it is the request's own fault", async (_, failure, kind, passes) => {
  const { resolveOpenId4vpAuthorizationRequest: whole } = Openid4vpClient.prototype;
  vi.spyOn(Openid4vpClient.prototype, "resolveOpenId4vpAuthorizationRequest").mockImplementationOnce(async function (this: Openid4vpClient, options) {
    await whole.call(this, options);
    throw failure;
  });
  const found: unknown = await resolve().catch((error: unknown) => error);
  expect([found instanceof RequestRefused ? "RequestRefused" : "WalletError", isPassing(found)]).toEqual([kind, passes]);
  expect((found as Error).message).toBe(passes ? "failed_here" : "request_unsupported");
});

test("what the asker does not read is not asked for: no answer is given in that format", async () => {
  const dcql_query = { credentials: [credential("card", [claim("sex")]), mdocQuery([element(DOCTYPE, "sex")])], credential_sets: [{ options: [["card"], ["card_mdoc"]] }] };
  const { client_metadata: spoken } = metadata({ jwks: { keys: [await publicJwk((await keyPair()).publicKey).then((jwk) => ({ ...jwk, alg: "ECDH-ES", use: "enc", kid: "1" }))] } }, { "dc+sd-jwt": { "kb-jwt_alg_values": ["ES512"] }, mso_mdoc: { deviceauth_alg_values: [-9] } });
  const { query } = await resolve({ request: { dcql_query, client_metadata: spoken } });
  expect([query.formats, query.credentials.map(({ id }) => id)]).toEqual([["mso_mdoc"], ["card_mdoc"]]);
});

test("what is offered to askers is what is taken of them", async () => {
  const sent: string[] = [];
  vi.stubGlobal("fetch", async (...[input, init]: Parameters<typeof fetch>) => {
    if (init?.body instanceof URLSearchParams) sent.push(init.body.get("wallet_metadata") ?? "");
    return service.fetch(input, init);
  });
  await resolve();
  expect(JSON.parse(sent[0] ?? "")).toMatchObject({ vp_formats_supported: { mso_mdoc: { issuerauth_alg_values: [-7, -9], deviceauth_alg_values: [-7, -9] } } });
});

test("a request to be fetched in a way that nobody knows is not fetched", async () => {
  const link = (await service.link()).replace("request_uri_method=post", "request_uri_method=put");
  await expect(resolveRequest(link, service.origin, [service.authority.root], NOW)).rejects.toThrow("request_unsupported");
  expect([service.walletNonce, service.posted]).toEqual([undefined, []]);
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
