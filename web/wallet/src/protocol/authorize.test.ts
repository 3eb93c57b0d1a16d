import "fake-indexeddb/auto";
import { calculateJwkThumbprint, decodeProtectedHeader } from "jose";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Collecting } from "../collecting.svelte";
import { copiesLeft, listCards } from "../store/cards";
import { eraseAll } from "../store/database";
import { readSetting } from "../store/settings";
import { pageAnswer, type PageAnswer } from "./authorize";
import { sha256, toBase64url, utf8 } from "./bytes";
import { ELEMENTS } from "./testing/documents";
import { TestService } from "./testing/service";

let service: TestService;
const pushed: URLSearchParams[] = [];
const redeemed: URLSearchParams[] = [];

beforeEach(async () => {
  vi.useFakeTimers({ now: new Date("2026-11-01T00:00:00Z"), toFake: ["Date"] });
  service = await TestService.make();
  service.bends = { elements: ELEMENTS, refreshes: true };
  pushed.length = redeemed.length = 0;
  const { origin } = service;
  const server = { issuer: origin, authorization_endpoint: `${origin}/authorize`, pushed_authorization_request_endpoint: `${origin}/par`, token_endpoint: `${origin}/token`, require_pushed_authorization_requests: true, response_types_supported: ["code"], code_challenge_methods_supported: ["S256"], dpop_signing_alg_values_supported: ["ES256"], authorization_response_iss_parameter_supported: true };
  service.more = {
    "/.well-known/oauth-authorization-server": () => Response.json(server),
    "/api/holder/devices": () => Response.json({ code: "not_a_full_journey" }, { status: 409 }),
    "/offers/2": () => Response.json({ credential_issuer: origin, credential_configuration_ids: ["card", "document"], grants: { authorization_code: { issuer_state: "the-offer" } } }),
    "/par": async (request) => {
      const form = new URLSearchParams(await request.text());
      if (!request.headers.has("dpop")) return Response.json({ error: "invalid_dpop_proof" }, { status: 400 });
      form.set("jkt", await calculateJwkThumbprint(decodeProtectedHeader(request.headers.get("dpop") ?? "").jwk as never));
      pushed.push(form);
      return Response.json({ request_uri: "urn:ietf:params:oauth:request_uri:1", expires_in: 300 }, { status: 201 });
    },
    "/token": async (request) => {
      const form = new URLSearchParams(await request.text());
      redeemed.push(form);
      const asked = pushed.at(-1);
      const isMet = toBase64url(await sha256(utf8(form.get("code_verifier") ?? ""))) === asked?.get("code_challenge");
      const isSame = (await calculateJwkThumbprint(decodeProtectedHeader(request.headers.get("dpop") ?? "").jwk as never)) === asked?.get("jkt");
      if (form.get("code") !== "page-code" || !isMet || !isSame || form.get("redirect_uri") !== asked?.get("redirect_uri")) return Response.json({ error: "invalid_grant" }, { status: 400 });
      return Response.json({ access_token: "access-1", token_type: "DPoP", expires_in: 300, refresh_token: "refresh-1" });
    },
  };
  vi.stubGlobal("fetch", service.fetch);
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await eraseAll();
});

const OFFER = () => `openid-credential-offer://?credential_offer_uri=${encodeURIComponent(`${service.origin}/offers/2`)}`;

/** Goes to the authority's page; answers its address. */
async function gone(uri: string | undefined = OFFER()): Promise<URL> {
  const collecting = new Collecting({ uri }, { origin: service.origin });
  await collecting.look();
  expect([collecting.asks, collecting.failure]).toEqual(["page", undefined]);
  let address = "";
  await collecting.goToPage((page) => (address = page));
  expect(collecting.failure).toBeUndefined();
  return new URL(address);
}

/** The browser is back with an answer. */
async function back(more: Partial<PageAnswer> = {}): Promise<Collecting> {
  const answer = { state: pushed.at(-1)?.get("state") ?? "", code: "page-code", iss: service.origin, ...more };
  const collecting = new Collecting({}, { origin: service.origin, answer });
  await collecting.look();
  return collecting;
}

const faultOf = ({ failure }: Collecting) => (failure instanceof Error ? failure.message : undefined);

test("an offer for the authority's page leads there, and the card comes in both formats and to be renewed", async () => {
  const page = await gone();
  expect([page.pathname, page.searchParams.get("request_uri"), page.searchParams.get("client_id")]).toEqual(["/authorize", "urn:ietf:params:oauth:request_uri:1", `${service.origin}/wallet/`]);
  expect(Object.fromEntries(pushed[0] ?? [])).toMatchObject({ client_id: `${service.origin}/wallet/`, redirect_uri: `${service.origin}/wallet/`, issuer_state: "the-offer", response_type: "code", code_challenge_method: "S256", scope: "card document" });
  const collecting = await back();
  expect(faultOf(collecting)).toBeUndefined();
  const [card] = await listCards();
  expect([card?.id, card && (await copiesLeft(card.id)), card?.renewal?.refresh, card?.renewal?.client]).toEqual([collecting.card, 3, "refresh-1", `${service.origin}/wallet/`]);
  expect(await readSetting("asking")).toEqual([]);
});

test("what is lost on the way is asked for again, and the answer is still good", async () => {
  await gone();
  const { fetch } = service;
  vi.stubGlobal("fetch", (...request: Parameters<typeof fetch>) => (String(request[0]).endsWith("/token") ? Promise.reject(new TypeError("no network")) : fetch(...request)));
  const collecting = await back();
  expect(faultOf(collecting)).toBe("offline");
  vi.stubGlobal("fetch", fetch);
  await collecting.look();
  expect([faultOf(collecting), (await listCards()).length]).toEqual([undefined, 1]);
});

test("two tabs ask the page beside each other, and a stranger's link ends neither question", async () => {
  await gone();
  const first = pushed.at(-1)?.get("state") ?? "";
  await gone();
  const stranger = new Collecting({}, { origin: service.origin, answer: { state: "x", code: "y", iss: service.origin } });
  await stranger.look();
  expect(faultOf(stranger)).toBe("not_asked");
  expect((await readSetting("asking"))?.map(({ state }) => state)).toEqual([first, pushed.at(-1)?.get("state")]);
  expect(faultOf(await back())).toBeUndefined();
  vi.setSystemTime(new Date("2026-11-01T00:11:00Z"));
  await gone();
  expect((await readSetting("asking"))?.map(({ state }) => state)).toEqual([pushed.at(-1)?.get("state")]);
});

test("without an offer the person names the card on the page", async () => {
  const collecting = new Collecting({}, { origin: service.origin });
  await collecting.look();
  expect(collecting.asks).toBe("page");
  await collecting.goToPage(() => undefined);
  expect(pushed[0]?.has("issuer_state")).toBe(false);
  expect(faultOf(await back())).toBeUndefined();
});

test.each<[string, Partial<PageAnswer>, string]>([
  ["to another question", { state: "another" }, "not_asked"],
  ["of another authority", { iss: "https://evil.example" }, "not_asked"],
  ["that does not say whose it is", { iss: undefined }, "not_asked"],
  ["that the person gave: no", { code: undefined, error: "access_denied" }, "not_allowed"],
  ["that is a fault", { code: undefined, error: "server_error" }, "offer_refused"],
  ["with a code that is not good", { code: "another-code" }, "offer_refused"],
])("an answer %s gives no card, and the question that it is about is over", async (_, more, fault) => {
  await gone();
  const collecting = await back(more);
  expect([faultOf(collecting), await listCards(), redeemed.length]).toEqual([fault, [], fault === "offer_refused" && more.code ? 1 : 0]);
  expect(faultOf(await back())).toBe(more.state ? undefined : "not_asked");
});

test("an answer that nobody asked for is not followed", async () => {
  const collecting = new Collecting({}, { origin: service.origin, answer: { state: "s", code: "page-code", iss: service.origin } });
  await collecting.look();
  expect([faultOf(collecting), redeemed]).toEqual(["not_asked", []]);
});

test("an answer is read from the address, and nothing else is one", () => {
  expect(pageAnswer(new URLSearchParams("code=c&state=s&iss=https%3A%2F%2Fid.example"))).toEqual({ code: "c", state: "s", iss: "https://id.example", error: undefined });
  expect(pageAnswer(new URLSearchParams("error=access_denied&state=s"))).toMatchObject({ error: "access_denied" });
  expect([pageAnswer(new URLSearchParams("code=c")), pageAnswer(new URLSearchParams("state=s")), pageAnswer(new URLSearchParams(""))]).toEqual([undefined, undefined, undefined]);
});
