import "fake-indexeddb/auto";
import { decodeJwt } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AddingPasskey } from "./adding.svelte";
import { Agreement } from "./agreement.svelte";
import { Collecting } from "./collecting.svelte";
import { Exchange, type Choice } from "./exchange.svelte";
import { accountOf } from "./protocol/device";
import { publicJwk } from "./protocol/jws";
import { DOCTYPE, OWN_NAMESPACE } from "./protocol/mdoc/elements";
import { CLAIMS, keyPair, VCT } from "./protocol/testing/authority";
import { TestAuthenticator } from "./protocol/testing/authenticator";
import { ELEMENTS } from "./protocol/testing/documents";
import { TestHolder } from "./protocol/testing/holder";
import { TestPasskeys } from "./protocol/testing/passkeys";
import { claim, credential, element, mdocQuery } from "./protocol/testing/queries";
import { TestService } from "./protocol/testing/service";
import { addCard, copiesLeft, findCopies, formatsLeft, listCards, replaceCopies, takeThese, type HeldCard } from "./store/cards";
import { eraseAll } from "./store/database";
import { listHistory } from "./store/history";

const PASSWORD = "40718263";
/** The arithmetic of an ID password takes its time, here on both sides. */
const LIMIT_MS = 45_000;
const CLUB = "urn:club";
/** A card beside that of the authority's holder: light, in one format. */
const LIGHT: HeldCard = { id: "club", issuer: "https://id.example", vct: CLUB, claims: CLAIMS, obtainedAt: 1, expiresAt: undefined, copiesIssued: 2 };
const CLUB_QUERY = credential("club", [claim("given_name")], { meta: { vct_values: [CLUB] } });
const NAME_QUERY = credential("name", [claim("family_name")]);
const BIRTH_QUERY = mdocQuery([element(DOCTYPE, "birth_date")]);
let service: TestService;

beforeEach(async () => {
  vi.useFakeTimers({ now: new Date("2026-11-01T00:00:00Z"), toFake: ["Date"] });
  service = await TestService.make();
  service.bends.elements = ELEMENTS;
  vi.stubGlobal("fetch", service.fetch);
  vi.stubGlobal("navigator", { onLine: true, languages: [] });
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await eraseAll();
});

async function addLight(copies = 2): Promise<void> {
  const made = Array.from({ length: copies }, async () => {
    const { privateKey, publicKey } = await keyPair();
    return { card: LIGHT.id, sdJwt: await service.authority.card(await publicJwk(publicKey)), key: privateKey, status: undefined };
  });
  await addCard(LIGHT, await Promise.all(made));
}

async function collect(level: "light" | "full"): Promise<HeldCard> {
  const collecting = new Collecting({ uri: service.offer, code: "123456" }, { origin: service.origin, level });
  await collecting.look();
  if (level === "full") await collecting.enterPassword(PASSWORD);
  const card = (await listCards()).find(({ id }) => id === collecting.card);
  return card ?? expect.fail("no card");
}

async function opened(dcql_query: object): Promise<Exchange> {
  service.bends.request = { dcql_query };
  const exchange = new Exchange(await service.link(), service.origin, () => undefined);
  await exchange.read();
  return exchange;
}

/** What a holder agrees to who shows no more than needed. */
async function least({ request }: Exchange): Promise<readonly Choice[]> {
  const cards = await listCards();
  const stock = Object.fromEntries(await Promise.all(cards.map(async ({ id }) => [id, await formatsLeft(id)] as const)));
  const agreement = new Agreement({ query: request?.query ?? expect.fail("no request"), cards, stock });
  return agreement.choices ?? expect.fail("the cards do not fit");
}

async function given(dcql_query: object): Promise<Exchange> {
  const exchange = await opened(dcql_query);
  await exchange.give(await least(exchange));
  return exchange;
}

/** The names of what an SD-JWT shows, and the key that it is bound to. */
function read(presentation = "") {
  const [jwt = "", ...parts] = presentation.split("~");
  const names = parts.slice(0, -1).map((part) => (JSON.parse(Buffer.from(part, "base64url").toString()) as string[])[1]);
  return { names, key: (decodeJwt(jwt)["cnf"] as { jwk: { x: string } }).jwk.x };
}

const faultOf = ({ failure }: Exchange) => (failure as Error | undefined)?.message;
const left = async () => Object.fromEntries(await Promise.all((await listCards()).map(async ({ id, vct }) => [vct, await copiesLeft(id)] as const)));

describe("several light cards", () => {
  test("answer together, each query under its own name with what it asks for and nothing else", async () => {
    await addLight();
    await collect("light");
    const exchange = await given({ credentials: [NAME_QUERY, CLUB_QUERY] });
    expect([exchange.stage, exchange.failure, await left()]).toEqual(["given", undefined, { [VCT]: 2, [CLUB]: 1 }]);
    const { vp_token: answers } = await service.decrypted();
    expect(Object.entries(answers).map(([id, all]) => [id, all.map((one) => read(one).names)])).toEqual([["name", [["family_name"]]], ["club", [["given_name"]]]]);
    expect((await listHistory())[0]).toMatchObject({ kind: "shown", fields: [["family_name"], ["given_name"]] });
  });

  test("one card answers two queries, each with a copy of its own", async () => {
    await collect("light");
    await given({ credentials: [NAME_QUERY, credential("sex", [claim("sex")], { multiple: true })] });
    const { vp_token: answers } = await service.decrypted();
    const [first, second] = [read(answers["name"]?.[0]), read(answers["sex"]?.[0])];
    expect([first.names, second.names, first.key === second.key, await left()]).toEqual([["family_name"], ["sex"], false, { [VCT]: 1 }]);
  });

  test("one card answers in both formats", async () => {
    await collect("light");
    const exchange = await given({ credentials: [NAME_QUERY, BIRTH_QUERY] });
    expect([exchange.stage, Object.keys((await service.decrypted()).vp_token), await left()]).toEqual(["given", ["name", "card_mdoc"], { [VCT]: 2 }]);
  });

  test("where there is no second copy nothing is given, and the first is not lost", async () => {
    await addLight(1);
    const exchange = await given({ credentials: [CLUB_QUERY, { ...CLUB_QUERY, id: "again" }] });
    expect([faultOf(exchange), service.posted, await left()]).toEqual(["no_copy", [], { [CLUB]: 1 }]);
  });

  test("without a network the very same answer goes out on the second try, and no further copies", async () => {
    await addLight();
    await collect("light");
    const exchange = await opened({ credentials: [NAME_QUERY, CLUB_QUERY] });
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
    await exchange.give(await least(exchange));
    expect([faultOf(exchange), await left()]).toEqual(["offline", { [VCT]: 2, [CLUB]: 1 }]);
    vi.stubGlobal("fetch", service.fetch);
    const after = await opened({});
    expect(faultOf(after)).toBe("unsent");
    await after.retry?.();
    expect([after.stage, service.posted.length, Object.keys((await service.decrypted()).vp_token), await left()]).toEqual(["given", 1, ["name", "club"], { [VCT]: 2, [CLUB]: 1 }]);
  });

  test("a copy that cannot be shown brings the others back", async () => {
    await addLight(1);
    await addCard({ ...LIGHT, id: "torn", vct: "urn:torn" }, [{ card: "torn", mdoc: "AA", key: (await keyPair()).privateKey, status: undefined }]);
    const exchange = await opened({ credentials: [CLUB_QUERY] });
    const [choice] = await least(exchange);
    const torn = { ...(choice ?? expect.fail()), card: { ...LIGHT, id: "torn" } };
    await exchange.give([choice ?? expect.fail(), { ...torn, query: { ...torn.query, id: "torn", format: "mso_mdoc" } }]);
    expect([exchange.failure !== undefined, service.posted, await left()]).toEqual([true, [], { [CLUB]: 1, "urn:torn": 0 }]);
    expect(await formatsLeft("torn")).toEqual(["mso_mdoc"]);
  });
});

describe("full cards among them", { timeout: LIMIT_MS }, () => {
  let holder: TestHolder;
  let full: HeldCard;

  beforeEach(async () => {
    holder = await TestHolder.make(service, PASSWORD);
    service.bends.elements = { ...ELEMENTS, [OWN_NAMESPACE]: { ...ELEMENTS[OWN_NAMESPACE], assurance_level: "full" } };
    await addLight();
    full = await collect("full");
    holder.calls.length = holder.signed.length = 0;
  }, LIMIT_MS);

  test("a full and a light card are shown once the ID password is entered", async () => {
    const exchange = await given({ credentials: [CLUB_QUERY, NAME_QUERY] });
    expect([exchange.waiting?.card.id, exchange.waiting?.isOneOfSeveral, service.posted, await left()]).toEqual([full.id, false, [], { [VCT]: 3, [CLUB]: 2 }]);
    await exchange.enter(PASSWORD);
    expect([exchange.stage, exchange.failure, await left()]).toEqual(["given", undefined, { [VCT]: 2, [CLUB]: 1 }]);
    expect([holder.calls, Object.keys((await service.decrypted()).vp_token)]).toEqual([["login/start", "login/finish", "sign"], ["club", "name"]]);
  });

  test("one sign-in is enough for a full card that answers twice, and the authority signs each", async () => {
    const exchange = await given({ credentials: [NAME_QUERY, BIRTH_QUERY] });
    await exchange.enter(PASSWORD);
    expect([exchange.stage, exchange.failure, holder.calls]).toEqual(["given", undefined, ["login/start", "login/finish", "sign", "sign"]]);
    expect(holder.signed.map(({ purpose }) => purpose)).toEqual(["key_binding", "device_authentication"]);
    expect(await left()).toEqual({ [VCT]: 2, [CLUB]: 2 });
  });

  test("a session that is over between two signatures asks for the password again, and no copy is lost", async () => {
    const exchange = await opened({ credentials: [NAME_QUERY, CLUB_QUERY, BIRTH_QUERY] });
    await exchange.give(await least(exchange));
    const { fetch } = service;
    let signed = 0;
    vi.stubGlobal("fetch", (...request: Parameters<typeof fetch>) => {
      const isSecond = String(request[0] instanceof Request ? request[0].url : request[0]).endsWith("/sign") && ++signed === 2;
      if (isSecond) holder.bends.refuse["/api/holder/sign"] = [401, "session_over"];
      return fetch(...request);
    });
    await exchange.enter(PASSWORD);
    expect([exchange.stage, exchange.trouble, service.posted, await left()]).toMatchObject(["asking", { code: "session_over" }, [], { [VCT]: 3, [CLUB]: 2 }]);
    await exchange.enter(PASSWORD);
    expect([exchange.stage, await left()]).toEqual(["given", { [VCT]: 2, [CLUB]: 1 }]);
  });

  test("what the authority signed otherwise than agreed is not given, nor is the light card beside it", async () => {
    const exchange = await given({ credentials: [CLUB_QUERY, NAME_QUERY] });
    holder.bends.consent = { purpose: "key_binding", client_id: "x509_hash:evil", nonce: "n", response_uri: null, sd_hash: "h" };
    await exchange.enter(PASSWORD);
    expect([faultOf(exchange), service.posted, await left()]).toEqual(["signed_otherwise", [], { [VCT]: 3, [CLUB]: 2 }]);
  });

  test("full cards of two people take the ID password of each, and until then nothing is given", async () => {
    const [copy] = (await findCopies([{ card: full.id, format: "dc+sd-jwt", revision: undefined }])) ?? [];
    const { id: _, ...content } = copy ?? expect.fail("no copy");
    const other = { ...LIGHT, id: "other", vct: "urn:other" };
    await addCard(other, [{ ...content, card: other.id, key: { copy: "k", person: "p-2", x: "x", y: "y" } }]);
    const exchange = await given({ credentials: [NAME_QUERY, credential("other", [claim("sex")], { meta: { vct_values: ["urn:other"] } })] });
    expect([exchange.waiting?.card.id, exchange.waiting?.isOneOfSeveral]).toEqual([full.id, true]);
    await exchange.enter(PASSWORD);
    expect([exchange.waiting?.card.id, exchange.waiting?.isOneOfSeveral, exchange.trouble]).toEqual([other.id, true, undefined]);
    await exchange.enter(PASSWORD);
    expect([(exchange.trouble as Error).message, service.posted, await left()]).toEqual(["no_account", [], { [VCT]: 3, [CLUB]: 2, "urn:other": 1 }]);
  });

  describe("with a passkey", () => {
    let authenticator: TestAuthenticator;
    let passkeys: TestPasskeys;

    beforeEach(async () => {
      [passkeys, authenticator] = [new TestPasskeys(service, holder), new TestAuthenticator(service.origin)];
      vi.stubGlobal("location", new URL(service.origin));
      vi.stubGlobal("PublicKeyCredential", class {});
      vi.stubGlobal("navigator", { onLine: true, languages: [], credentials: authenticator.credentials });
      const adding = new AddingPasskey(await accountOf("p-1"), "Full card");
      await adding.enter(PASSWORD);
      await adding.make();
      holder.calls.length = authenticator.requested.length = 0;
    }, LIMIT_MS);

    test("one full card beside a light one is confirmed once, and until then every copy stays", async () => {
      let meanwhile: unknown;
      authenticator.meanwhile = async () => {
        meanwhile = await left();
      };
      const exchange = await given({ credentials: [CLUB_QUERY, NAME_QUERY] });
      expect([exchange.stage, authenticator.requested.length, passkeys.signed.length, holder.calls]).toEqual(["given", 1, 1, []]);
      expect([meanwhile, await left()]).toEqual([{ [VCT]: 3, [CLUB]: 2 }, { [VCT]: 2, [CLUB]: 1 }]);
      expect(Object.keys((await service.decrypted()).vp_token).sort()).toEqual(["club", "name"]);
    });

    test("two copies of a full card take the ID password, and the holder is told why", async () => {
      const exchange = await opened({ credentials: [NAME_QUERY, BIRTH_QUERY] });
      expect(await exchange.wayOf([full, full])).toBe("password");
      await exchange.give(await least(exchange));
      expect([exchange.waiting?.why, authenticator.requested]).toEqual(["several", []]);
      await exchange.enter(PASSWORD);
      expect(exchange.stage).toBe("given");
    });

    test("a full card that says something else than was on the screen is not confirmed", async () => {
      const exchange = await opened({ credentials: [NAME_QUERY] });
      const choices = await least(exchange);
      const copies = (await findCopies([{ card: full.id, format: "dc+sd-jwt", revision: undefined }])) ?? [];
      await replaceCopies(full.id, { card: { ...full, doctype: undefined, claims: { ...full.claims, family_name: "Suzuki" } }, copies: copies.map(({ id: _, ...copy }) => copy), isSame: () => false });
      await exchange.give(choices);
      expect([faultOf(exchange), authenticator.requested, service.posted, await left()]).toEqual(["card_changed", [], [], { [VCT]: 1, [CLUB]: 2 }]);
    });

    test("a light copy that another tab took meanwhile stops it, and no copy of the full card is lost", async () => {
      authenticator.meanwhile = async () => {
        authenticator.meanwhile = undefined;
        const copies = await findCopies([{ card: LIGHT.id, format: "dc+sd-jwt", revision: undefined }]);
        expect(copies && (await takeThese(copies))).toBe(true);
      };
      const exchange = await given({ credentials: [CLUB_QUERY, NAME_QUERY] });
      expect([faultOf(exchange), service.posted, await left()]).toEqual(["busy", [], { [VCT]: 3, [CLUB]: 1 }]);
    });
  });
});

test("a card that need not be shown is left out, and its copies stay", async () => {
  await addLight();
  await collect("light");
  const asked = { credentials: [NAME_QUERY, CLUB_QUERY], credential_sets: [{ options: [["name"]] }, { options: [["club"]], required: false }] };
  const exchange = await given(asked);
  expect([exchange.stage, Object.keys((await service.decrypted()).vp_token), await left()]).toEqual(["given", ["name"], { [VCT]: 2, [CLUB]: 2 }]);
});
