import "fake-indexeddb/auto";
import { calculateJwkThumbprint, decodeJwt } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AddingPasskey } from "./adding.svelte";
import { Collecting } from "./collecting.svelte";
import { Exchange, type Choice } from "./exchange.svelte";
import { fromBase64url } from "./protocol/bytes";
import { accountOf } from "./protocol/device";
import { DOCTYPE, OWN_NAMESPACE } from "./protocol/mdoc/elements";
import { choose, fit } from "./protocol/matching";
import { TestAuthenticator } from "./protocol/testing/authenticator";
import { ELEMENTS, verifyShown, type Elements } from "./protocol/testing/documents";
import { TestHolder } from "./protocol/testing/holder";
import { TestPasskeys } from "./protocol/testing/passkeys";
import { TestService } from "./protocol/testing/service";
import { copiesLeft, listCards, type HeldCard } from "./store/cards";
import { eraseAll } from "./store/database";
import { listHistory } from "./store/history";

const PASSWORD = "40718263";
const NAME = { id: "name", path: [DOCTYPE, "family_name"] };
const BIRTH = { id: "birth", path: [DOCTYPE, "birth_date"] };
const QUERY = { credentials: [{ id: "card_mdoc", format: "mso_mdoc", meta: { doctype_value: DOCTYPE }, claims: [NAME, BIRTH], claim_sets: [["name", "birth"], ["name"]] }] };
let service: TestService;
let card: HeldCard;

beforeEach(async () => {
  vi.useFakeTimers({ now: new Date("2026-11-01T00:00:00Z"), toFake: ["Date"] });
  service = await TestService.make();
  service.bends.elements = ELEMENTS;
  vi.stubGlobal("fetch", service.fetch);
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await eraseAll();
});

async function collect(level: "light" | "full"): Promise<void> {
  const collecting = new Collecting({ uri: service.offer, code: "123456" }, { origin: service.origin, level });
  await collecting.look();
  if (level === "full") await collecting.enterPassword(PASSWORD);
  [card] = (await listCards()) as [HeldCard];
}

async function opened(request: Record<string, unknown> = {}): Promise<Exchange> {
  service.bends.request = { dcql_query: QUERY, ...request };
  const exchange = new Exchange(await service.link(), service.origin, () => undefined);
  await exchange.read();
  return exchange;
}

/** What a holder agrees to who shows no more than needed. */
function least({ request }: Exchange): Choice {
  const fits = request && fit(request.query.credentials, card);
  const items = fits && choose(fits, new Set(fits.optional.flatMap(({ ids }) => ids)));
  if (!fits || !items) throw new Error("the card fits");
  return { card, query: fits.query, items };
}

/** What the asker received, as a library of another maker understands it. */
async function shown({ request }: Exchange): Promise<{ elements: Elements; device: Elements }> {
  const { payload, clientId, nonce, object } = request ?? {};
  const { client_metadata: metadata } = decodeJwt<{ client_metadata: { jwks: { keys: [Record<string, string>] } } }>(object ?? "");
  const isSealed = payload?.response_mode === "direct_post.jwt";
  const answers = isSealed ? (await service.decrypted()).vp_token : (JSON.parse(service.posted[0]?.["vp_token"] ?? "") as Record<string, string[]>);
  const keyThumbprint = isSealed ? fromBase64url(await calculateJwkThumbprint(metadata.jwks.keys[0])) : undefined;
  const session = { clientId: clientId ?? "", nonce: nonce ?? "", responseUri: payload?.response_uri ?? "", keyThumbprint };
  expect(Object.keys(answers)).toEqual(["card_mdoc"]);
  return verifyShown(answers["card_mdoc"]?.[0] ?? "", service.authority, session);
}

describe("a light card is shown as an mdoc", () => {
  beforeEach(() => collect("light"));

  test.each(["direct_post.jwt", "direct_post"])("in an answer by %s, with what was agreed to and nothing else", async (response_mode) => {
    const exchange = await opened({ response_mode });
    await exchange.give([least(exchange)]);
    expect([exchange.stage, exchange.failure]).toEqual(["given", undefined]);
    expect(await shown(exchange)).toEqual({ elements: { [DOCTYPE]: { family_name: "Yamada" } }, device: {} });
    expect(await copiesLeft(card.id)).toBe(2);
    expect((await listHistory())[0]).toMatchObject({ kind: "shown", fields: [["family_name"]] });
  });

  test("and not where its copies as mdoc are used up, whatever others there are", async () => {
    for (let time = 0; time < 3; time++) {
      const exchange = await opened();
      await exchange.give([least(exchange)]);
      await eraseRequests();
    }
    const exchange = await opened();
    await exchange.give([least(exchange)]);
    expect((exchange.failure as Error).message).toBe("no_copy");
    expect(service.posted).toHaveLength(3);
  });

  test("an asker whose key cannot be found gets nothing", async () => {
    const exchange = await opened({ client_metadata: { vp_formats_supported: { mso_mdoc: {} }, jwks: { keys: [{ kty: "OKP", crv: "X25519", x: "AA", kid: "1", alg: "RSA-OAEP" }] } } });
    expect([(exchange.failure as Error).message, service.posted, await copiesLeft(card.id)]).toEqual(["request_unsupported", [{ error: "invalid_request", state: "state-1" }], 3]);
  });
});

/** The same link again, as if it were another request. */
async function eraseRequests(): Promise<void> {
  const { database } = await import("./store/database");
  await (await database()).clear("requests");
}

describe("a full card is shown as an mdoc", () => {
  let holder: TestHolder;

  beforeEach(async () => {
    holder = await TestHolder.make(service, PASSWORD);
    service.bends.elements = { ...ELEMENTS, [OWN_NAMESPACE]: { ...ELEMENTS[OWN_NAMESPACE], assurance_level: "full" } };
  });

  test("by the authority's key, once the ID password is entered", async () => {
    await collect("full");
    const exchange = await opened();
    await exchange.give([least(exchange)]);
    expect([exchange.waiting?.choices[0]?.query.id, service.posted]).toEqual(["card_mdoc", []]);
    await exchange.enter(PASSWORD);
    expect([exchange.stage, exchange.failure]).toEqual(["given", undefined]);
    expect(await shown(exchange)).toEqual({ elements: { [DOCTYPE]: { family_name: "Yamada" } }, device: { [OWN_NAMESPACE]: { amr: ["pwd"] } } });
    expect(holder.signed.at(-1)).toMatchObject({ purpose: "device_authentication", doc_type: DOCTYPE, client_id: exchange.request?.clientId, nonce: exchange.request?.nonce });
  });

  test("a signature over something else is not passed on, and the copy stays", async () => {
    await collect("full");
    const exchange = await opened();
    await exchange.give([least(exchange)]);
    holder.bends.consent = { purpose: "device_authentication", doc_type: DOCTYPE, client_id: "x509_hash:other", nonce: "n", response_uri: "https://other.example", key_thumbprint: null };
    await exchange.enter(PASSWORD);
    expect([(exchange.failure as Error).message, service.posted, await copiesLeft(card.id)]).toEqual(["signed_otherwise", [], 3]);
  });

  test("confirmed by the passkey, and what is signed says so", async () => {
    const [passkeys, authenticator] = [new TestPasskeys(service, holder), new TestAuthenticator(service.origin)];
    vi.stubGlobal("location", new URL(service.origin));
    vi.stubGlobal("PublicKeyCredential", class {});
    vi.stubGlobal("navigator", { onLine: true, languages: [], credentials: authenticator.credentials });
    await collect("full");
    const adding = new AddingPasskey(await accountOf("p-1"), "Full card");
    await adding.enter(PASSWORD);
    await adding.make();
    const exchange = await opened();
    await exchange.give([least(exchange)]);
    expect([exchange.stage, exchange.failure]).toEqual(["given", undefined]);
    expect((await shown(exchange)).device).toEqual({ [OWN_NAMESPACE]: { amr: ["pop", "user"] } });
    expect(passkeys.signed).toHaveLength(1);
  });
});
