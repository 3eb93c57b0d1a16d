import "fake-indexeddb/auto";
import { exportJWK, generateKeyPair } from "jose";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listCards } from "../store/cards";
import { eraseAll } from "../store/database";
import { redeem } from "./access";
import { toBase64url, utf8 } from "./bytes";
import { collect, isReady } from "./collect";
import { sealingOf } from "./envelope";
import { resolveOffer } from "./issuer";
import { ELEMENTS } from "./testing/documents";
import { seal, sealed, TestSealing, type Wanted } from "./testing/sealing";
import { TestService } from "./testing/service";

const NOW = new Date("2026-11-01T00:00:00Z");
let service: TestService;
let sealing: TestSealing;
/** What was asked for, and the content types of requests for cards. */
let asked: string[];
let types: string[];

beforeEach(async () => {
  service = await TestService.make();
  sealing = service.sealing = await TestSealing.make();
  [asked, types] = [[], []];
  vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    if (pathname === "/credential") types.push(request.headers.get("content-type") ?? "");
    return service.fetch(request);
  });
});

afterEach(async () => {
  vi.unstubAllGlobals();
  await eraseAll();
});

async function fetchCard() {
  const issuer = await resolveOffer(service.offer, service.origin);
  const outcome = await collect(issuer, { access: await redeem(issuer, "123456"), anchors: [service.authority.root], now: NOW });
  if (!isReady(outcome)) throw new Error("the card is not ready");
  return outcome;
}

/** A key that is not the wallet's. */
const SOMEBODY = async () => ({ ...(await exportJWK((await generateKeyPair("ECDH-ES", { crv: "P-256", extractable: true })).publicKey)), kid: "answer" });

test("both formats come encrypted, each to a key of its own, and so do the requests", async () => {
  service.bends.elements = ELEMENTS;
  const { card, accept } = await fetchCard();
  await accept();
  expect([card.copiesIssued, types, service.events]).toEqual([3, ["application/jwt", "application/jwt"], ["credential_accepted", "credential_accepted"]]);
  expect(new Set(sealing.keys).size).toBe(2);
});

test("an issuer that only takes encrypted requests gets those, and answers in the clear", async () => {
  sealing.response = undefined;
  await fetchCard();
  expect([types, sealing.keys]).toEqual([["application/jwt"], [undefined]]);
});

test("an issuer that offers no encryption is asked in the clear", async () => {
  service.sealing = undefined;
  await fetchCard();
  expect(types).toEqual(["application/json"]);
});

test("the weaker encryption is used where there is no better one", async () => {
  sealing.response = { enc_values_supported: ["A128GCM", "A128CBC-HS256"] };
  sealing.answers = async (text, wanted) => {
    expect(wanted.enc).toBe("A128GCM");
    return sealed(await seal(text, wanted));
  };
  expect((await fetchCard()).copies).toHaveLength(3);
});

test.each<[string, (text: string, wanted: Wanted) => Promise<Response>, string[]]>([
  ["in the clear", async (text) => Response.json(JSON.parse(text)), ["credential_failure"]],
  ["in the clear under another name", async (text) => sealed(text), ["credential_failure"]],
  ["with another content encryption", async (text, wanted) => sealed(await seal(text, { ...wanted, enc: "A128GCM" })), ["credential_failure"]],
  ["with a content encryption that nobody offered", async (text, wanted) => sealed(await seal(text, { ...wanted, enc: "A128CBC-HS256" })), []],
  ["with another key agreement", async (text, wanted) => sealed(await seal(text, wanted, { alg: "ECDH-ES+A256KW" })), []],
  ["to somebody else's key", async (text, { enc }) => sealed(await seal(text, { jwk: await SOMEBODY(), enc })), []],
  ["with a critical extension", async (text, wanted) => sealed(await seal(text, wanted, { crit: ["urn:example"], "urn:example": 1 })), []],
  ["packed", async (text, wanted) => sealed(await seal(text, wanted, { zip: "DEF" })), []],
  ["that says that it is packed", async (text, wanted) => sealed(withHeader(await seal(text, wanted), { zip: "DEF" })), []],
  ["cut off", async (text, wanted) => sealed((await seal(text, wanted)).slice(0, -40)), []],
  ["cut off after its header", async (text, wanted) => sealed((await seal(text, wanted)).split(".")[0] ?? ""), []],
  ["with a changed letter", async (text, wanted) => sealed(changed(await seal(text, wanted))), []],
  ["as something that is no JSON", async (_, wanted) => sealed(await seal("{", wanted)), []],
  ["empty", async () => sealed(""), []],
])("an answer %s is refused, and nothing is kept", async (_, answer, events) => {
  sealing.answers = answer;
  await expect(fetchCard()).rejects.toThrow("card_not_sealed");
  expect([service.events, await listCards()]).toEqual([events, []]);
});

test("an unencrypted second format takes the first with it, and the issuer hears of both", async () => {
  service.bends.elements = ELEMENTS;
  sealing.answers = async (text, wanted) => (text.includes("n-2") ? Response.json(JSON.parse(text)) : sealed(await seal(text, wanted)));
  await expect(fetchCard()).rejects.toThrow("card_not_sealed");
  expect([service.events, await listCards()]).toEqual([["credential_failure", "credential_failure"], []]);
});

test("an answer without end is not read to its end", async () => {
  let sent = 0;
  const chunk = new Uint8Array(1024 * 1024).fill(0x41);
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent++;
      controller.enqueue(chunk);
    },
  });
  sealing.answers = async () => new Response(endless, { headers: { "content-type": "application/jwt" } });
  await expect(fetchCard()).rejects.toThrow("card_not_genuine");
  expect([sent < 20, await listCards()]).toEqual([true, []]);
});

test("a refusal comes in the clear, and is heard", async () => {
  service.more["/credential"] = () => Response.json({ error: "invalid_encryption_parameters" }, { status: 400 });
  await expect(fetchCard()).rejects.toThrow("offer_refused");
});

test.each<[string, { request?: object; response?: object }]>([
  ["keys of other curves", { request: { jwks: { keys: [{ kty: "EC", crv: "P-384", x: "x", y: "y", kid: "1" }] }, encryption_required: true } }],
  ["keys without a name", { request: { jwks: { keys: [{ kty: "EC", crv: "P-256", x: "x", y: "y" }] }, encryption_required: true } }],
  ["keys for another agreement", { request: { jwks: { keys: [{ kty: "EC", crv: "P-256", x: "x", y: "y", kid: "1", alg: "ECDH-ES+A128KW" }] }, encryption_required: true } }],
  ["no keys", { request: { jwks: {}, encryption_required: true } }],
  ["unknown content encryptions for requests", { request: { enc_values_supported: ["A256CBC-HS512"], encryption_required: true } }],
  ["unknown content encryptions for answers", { response: { enc_values_supported: ["A256CBC-HS512"], encryption_required: true } }],
  ["unknown key agreements for answers", { response: { alg_values_supported: ["RSA-OAEP-256"], encryption_required: true } }],
  ["answers to requests that cannot be encrypted", { request: { jwks: { keys: [] } }, response: { encryption_required: true } }],
])("an issuer that demands encryption with %s is not asked, and its code is not spent", async (_, { request = {}, response = {} }) => {
  [sealing.request, sealing.response] = [request, response];
  await expect(fetchCard()).rejects.toThrow("issuer_unsupported");
  expect([asked.includes("/token"), types]).toEqual([false, []]);
  [sealing.request, sealing.response] = [{ ...request, encryption_required: false }, { ...response, encryption_required: false }];
  expect((await fetchCard()).copies).toHaveLength(3);
});

test.each([undefined, null, 1, "x", [], {}, { jwks: 1 }, { jwks: { keys: [null, 1] }, enc_values_supported: "A256GCM" }])("metadata such as %j offer nothing", (member) => {
  expect(sealingOf({ credential_request_encryption: member, credential_response_encryption: member })).toBeUndefined();
});

function withHeader(jwe: string, more: object): string {
  const [header = "", ...rest] = jwe.split(".");
  const said = JSON.parse(atob(header.replaceAll("-", "+").replaceAll("_", "/"))) as object;
  return [toBase64url(utf8(JSON.stringify({ ...said, ...more }))), ...rest].join(".");
}

function changed(jwe: string): string {
  const parts = jwe.split(".");
  const body = parts[3] ?? "";
  parts[3] = (body.startsWith("A") ? "B" : "A") + body.slice(1);
  return parts.join(".");
}
