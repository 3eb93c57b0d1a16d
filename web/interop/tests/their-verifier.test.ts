import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ASKS, Authority, SIGNS_CARDS, type Certified } from "../harness/authority";
import { walletsIn, type CommandLine } from "../harness/cli";
import { DOCTYPE, PERSON, VCT } from "../harness/their-cards";
import { BATCH_SIZE, TheirIssuer } from "../harness/their-issuer";
import { TheirVerifier, type Asking } from "../harness/their-verifier";

/** Exit codes, as the command's help says. */
const [REFUSED_BY_US, REFUSED_BY_THEM] = [3, 4];
const NAME = "Their Counter";
const folder = inject("folder");
let issuer: TheirIssuer;
let verifier: TheirVerifier;
let distrustful: TheirVerifier;
let wallet: CommandLine;
let others: { stranger: Certified; signer: Certified; neighbour: Certified };

beforeAll(async () => {
  const [authority, vendor, foreign] = await Promise.all(["askers", "maker", "foreign-askers"].map((name) => Authority.found(folder, name))) as [Authority, Authority, Authority];
  const [signer, asker, neighbour] = await Promise.all([authority.certify("Authority", SIGNS_CARDS), authority.certify(NAME, ASKS), authority.certify("Neighbour", ASKS)]);
  const provider = await vendor.certify("Maker");
  others = { signer, neighbour, stranger: await foreign.certify("Stranger", ASKS) };
  issuer = await TheirIssuer.open(signer, vendor.root);
  verifier = await TheirVerifier.open(asker, authority.root);
  distrustful = await TheirVerifier.open(asker, foreign.root);
  wallet = walletsIn(folder, { trust: authority.rootFile, provider })({ store: `${folder}/shown.json` });
  for (const format of ["sd-jwt", "mdoc"]) await wallet.run("collect", issuer.origin, "--format", format, "--copies", String(BATCH_SIZE));
});

afterAll(() => Promise.all([issuer.close(), verifier.close(), distrustful.close()]));

const card = { id: "card", format: "dc+sd-jwt", meta: { vct_values: [VCT] }, claims: [{ path: ["family_name"] }, { path: ["nationalities", null] }] } as const;
const document = { id: "document", format: "mso_mdoc", meta: { doctype_value: DOCTYPE }, claims: [{ path: [DOCTYPE, "given_name"], intent_to_retain: false }] } as const;
const BOTH = { credentials: [card, document] } as unknown as Asking["query"];
const CARD = { credentials: [card] } as unknown as Asking["query"];

/** What a card says of itself. */
const OPEN = ["iss", "vct", "iat", "nbf", "exp", "cnf"];
const used = async () => (await wallet.cards()).map(({ copies_used }) => copies_used);

describe("mibun-wallet shows cards to @openid4vc/openid4vp", () => {
  test.each([
    { method: "get", mode: "direct_post.jwt" },
    { method: "post", mode: "direct_post.jwt" },
    { method: "get", mode: "direct_post" },
    { method: "post", mode: "direct_post" },
  ] as const)("both formats at once, fetched by $method, answered by $mode; @sd-jwt and @owf/mdoc verify them", async ({ method, mode }) => {
    const { link, outcome } = await verifier.ask({ query: BOTH, method, mode });
    const presented = await wallet.run("present", link, "--yes");
    expect({ presented, outcome: outcome() }).toMatchObject({ presented: { code: 0, output: { result: "presented", organisation: NAME } }, outcome: { encrypted: mode === "direct_post.jwt" } });
    expect("words" in presented.output).toBe(method === "post");
    const shown = outcome()?.shown ?? {};
    expect(shown["card"]).toMatchObject({ vct: VCT, claims: { iss: issuer.origin, family_name: PERSON.family_name, nationalities: PERSON.nationalities } });
    expect(shown["document"]).toMatchObject({ doctype: DOCTYPE, namespaces: { [DOCTYPE]: { given_name: PERSON.given_name } } });
  });

  test("nothing but what is asked for", async () => {
    const { link, outcome } = await verifier.ask({ query: BOTH });
    expect(await wallet.run("present", link, "--yes")).toMatchObject({ output: { fields: ["family_name", "nationalities.*", `${DOCTYPE}.given_name`] } });
    const shown = outcome()?.shown as Record<string, { claims?: object; namespaces?: Record<string, object> }>;
    expect(Object.keys(shown["card"]?.claims ?? {}).filter((name) => !OPEN.includes(name)).toSorted()).toEqual(["family_name", "nationalities"]);
    expect(Object.keys(shown["document"]?.namespaces?.[DOCTYPE] ?? {})).toEqual(["given_name"]);
  });
});

describe("mibun-wallet shows nothing", () => {
  let before: number[];

  beforeAll(async () => {
    before = await used();
  });

  afterAll(async () => {
    expect(await used()).toEqual(before);
  });

  /** Asks, and answers what the wallet and the asker saw of it. */
  async function refused(asking: Partial<Asking>, flag = "--yes") {
    const { link, outcome } = await verifier.ask({ query: CARD, ...asking });
    const { code, output } = await wallet.run("present", link, flag);
    return { code, error: output["error"], outcome: outcome() };
  }

  test.each<[string, () => Partial<Asking>, string]>([
    ["an asker that nobody it trusts admitted", () => ({ signer: others.stranger }), "the access certificate is not accepted: no trust anchor issued the last certificate"],
    ["a signer of cards", () => ({ signer: others.signer }), "the access certificate is not accepted: certificate 0 is not for this purpose"],
    ["an asker in the name of another", () => ({ signer: others.neighbour, name: others.signer }), "the client identifier is not that of the certificate"],
  ])("to %s, and tells it nothing", async (_, asking, error) => {
    expect(await refused(asking())).toEqual({ code: REFUSED_BY_US, error, outcome: undefined });
  });

  test.each<[string, Partial<Asking>, string]>([
    ["for the audience that the library writes by itself", { audience: null }, "the request is for another audience"],
    ["that has ended", { lifetime: -120 }, "the request has expired"],
    ["made for another fetch", { method: "post", forgetful: true }, "the wallet's nonce did not come back"],
    ["with a nonce that can be guessed", { change: (payload) => (payload["nonce"] = "12345678") }, "the nonce is too short or too regular"],
    ["to be encrypted in no way it speaks", { change: ({ client_metadata: metadata }) => Object.assign(metadata as object, { encrypted_response_enc_values_supported: ["A256CBC-HS512"] }) }, "no content encryption in common"],
  ])("for a request %s, and says so", async (_, asking, error) => {
    expect(await refused(asking)).toEqual({ code: REFUSED_BY_US, error, outcome: { declined: "invalid_request" } });
  });

  test("when no card answers", async () => {
    const query = { credentials: [{ ...card, meta: { vct_values: ["urn:example:other"] } }] } as unknown as Asking["query"];
    expect(await refused({ query })).toEqual({ code: REFUSED_BY_US, error: "no card answers the request", outcome: { declined: "access_denied" } });
  });

  test("when its holder declines", async () => {
    expect(await refused({}, "--decline")).toEqual({ code: REFUSED_BY_US, error: "declined", outcome: { declined: "access_denied" } });
  });
});

describe("mibun-wallet learns that a card is refused", () => {
  test.each([
    ["card", CARD],
    ["document", { credentials: [document] } as unknown as Asking["query"]],
  ])("because the asker does not believe its issuer: %s", async (_, query) => {
    const { link, outcome } = await distrustful.ask({ query });
    expect(await wallet.run("present", link, "--yes")).toEqual({ code: REFUSED_BY_THEM, output: { error: "the asker refused the answer: invalid_presentation" } });
    expect(outcome()).toEqual({ refused: "the chain does not lead to the authority" });
  });
});
