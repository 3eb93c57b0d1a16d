import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { ASKS, Authority, SIGNS_CARDS, type Certified } from "../harness/authority";
import { walletsIn } from "../harness/cli";
import { generateKeys } from "../harness/keys";
import { BATCH_SIZE, MDOC, SD_JWT, TheirIssuer, type Manner } from "../harness/their-issuer";

/** Exit codes, as the command's help says. */
const [USAGE, REFUSED_BY_US, REFUSED_BY_THEM, LATER] = [2, 3, 4, 6];
const COPIES = "3";
const folder = inject("folder");
let issuer: TheirIssuer;
let newWallet: ReturnType<typeof walletsIn>;
let others: { provider: Certified; signer: Certified; asker: Certified };

beforeAll(async () => {
  const [authority, vendor, stranger] = await Promise.all(["theirs", "vendor", "stranger"].map((name) => Authority.found(folder, name))) as [Authority, Authority, Authority];
  const [signer, provider] = await Promise.all([authority.certify("Their Authority", SIGNS_CARDS), vendor.certify("Vendor")]);
  others = { provider: await stranger.certify("Provider"), signer: await stranger.certify("Signer", SIGNS_CARDS), asker: await authority.certify("Asker", ASKS) };
  issuer = await TheirIssuer.open(signer, vendor.root);
  newWallet = walletsIn(folder, { trust: authority.rootFile, provider });
});

beforeEach(() => issuer.behave());
afterAll(() => issuer.close());

const FORMATS = [
  { format: "sd-jwt", id: SD_JWT, listed: "dc+sd-jwt" },
  { format: "mdoc", id: MDOC, listed: "mso_mdoc" },
] as const;
/** What the servers hear on the way. */
const OVER_BROWSER = ["/challenge 200", "/par 201", "/authorize 302"];
const TOKEN = ["/token 400 use_dpop_nonce", "/token 200"];
const CARDS = ["/nonce 200", "/credential 401 use_dpop_nonce", "/credential 200", "/notification 204"];

const ACCEPTED = ["their-card credential_accepted"];

describe("mibun-wallet collects from @openid4vc/openid4vci and @openid4vc/oauth2", () => {
  test.each(FORMATS)("$format, over the browser: attested, pushed, and with the nonces of both servers", async ({ format, listed }) => {
    const wallet = newWallet();
    expect(await wallet.run("collect", issuer.origin, "--format", format, "--copies", COPIES)).toMatchObject({ code: 0, output: { result: "collected", issuer: issuer.origin, copies: 3 } });
    expect(issuer.heard).toEqual([...OVER_BROWSER, ...TOKEN, ...CARDS]);
    expect(issuer.notified).toEqual(ACCEPTED);
    expect(await wallet.cards()).toMatchObject([{ issuer: "Their Authority", name: "Their card", format: listed, copies_left: 3, copies_used: 0 }]);
  });

  test("attested as the latest draft has it, with the challenge once it is asked for", async () => {
    issuer.behave({ profile: "latest" });
    const wallet = newWallet({ profile: "latest" });
    expect(await wallet.run("collect", issuer.origin, "--copies", COPIES)).toMatchObject({ code: 0, output: { copies: 3 } });
    expect(issuer.heard).toEqual(["/par 400 use_attestation_challenge", "/par 201", "/authorize 302", ...TOKEN, ...CARDS]);
  });

  test("no more copies than come in a batch", async () => {
    expect(await newWallet().run("collect", issuer.origin, "--copies", "10")).toMatchObject({ code: 0, output: { copies: BATCH_SIZE } });
  });

  test.each([false, true])("an offer, by reference: %s, which the pushed request names", async (byReference) => {
    const issuerState = `offer by reference: ${byReference}`;
    const offer = await issuer.offer({ byReference, issuerState, configuration: MDOC });
    const wallet = newWallet();
    expect(await wallet.run("collect", offer, "--copies", COPIES)).toMatchObject({ code: 0, output: { copies: 3 } });
    expect(issuer.authorization.offersFollowed.at(-1)).toBe(issuerState);
    expect(issuer.heard).toEqual([...(byReference ? ["/offer 200"] : []), ...OVER_BROWSER, ...TOKEN, ...CARDS]);
    expect(await wallet.cards()).toMatchObject([{ format: "mso_mdoc" }]);
  });

  test("an offer with a code and digits; the token is bound to the wallet's key", async () => {
    const offer = await issuer.offer({ code: { txCode: "493536" } });
    expect(await newWallet().run("collect", offer, "--tx-code", "493536", "--copies", COPIES)).toMatchObject({ code: 0, output: { copies: 3 } });
    expect(issuer.heard).toEqual(["/challenge 200", ...TOKEN, ...CARDS]);
  });

  test("the same as a wallet that nobody vouches for; the token is a bearer's", async () => {
    const wallet = newWallet({ provider: undefined });
    const offer = await issuer.offer({ byReference: true, code: { txCode: "493536" } });
    expect(await wallet.run("collect", offer, "--tx-code", "493536", "--copies", COPIES)).toMatchObject({ code: 0, output: { copies: 3 } });
    expect(issuer.heard).toEqual(["/offer 200", "/token 200", "/nonce 200", "/credential 200", "/notification 204"]);
  });

  test.each(["attestation", "jwt with attestation"] as const)("keys that the provider attests, by proofs of the kind %s", async (proofs) => {
    issuer.behave({ proofs });
    expect(await newWallet().run("collect", issuer.origin, "--copies", COPIES)).toMatchObject({ code: 0, output: { copies: 3 } });
    expect(issuer.notified).toEqual(ACCEPTED);
  });

  test.each(FORMATS)("$format, encrypted both ways by jose", async ({ format, id }) => {
    issuer.behave({ encrypted: true });
    expect(await newWallet().run("collect", await issuer.offer({ configuration: id }), "--format", format, "--copies", COPIES)).toMatchObject({ code: 0, output: { copies: 3 } });
    expect(issuer.notified).toEqual(ACCEPTED);
  });

  test("cards that are ready only when asked for the third time, encrypted", async () => {
    issuer.behave({ encrypted: true, deferrals: 2 });
    const wallet = newWallet();
    expect(await wallet.run("collect", issuer.origin, "--format", "mdoc", "--copies", COPIES)).toMatchObject({ code: 0, output: { copies: 3 } });
    const waiting = ["/nonce 200", "/credential 401 use_dpop_nonce", "/credential 202", "/deferred 202", "/deferred 200", "/notification 204"];
    expect(issuer.heard).toEqual([...OVER_BROWSER, ...TOKEN, ...waiting]);
    expect(await wallet.cards()).toMatchObject([{ format: "mso_mdoc", copies_left: 3 }]);
  });

  test("cards that were not ready, encrypted, when it asks again in another run", async () => {
    issuer.behave({ encrypted: true, deferrals: 2 });
    const wallet = newWallet();
    const { code, output } = await wallet.run("collect", issuer.origin, "--wait", "0", "--copies", COPIES);
    expect(code).toBe(LATER);
    const collected = [{ id: output["id"], copies: 3 }];
    expect(await wallet.run("resume", "--wait", "5")).toMatchObject({ code: 0, output: { result: "resumed", collected, waiting: [], refused: [], failed: [] } });
    expect(issuer.heard.slice(-3)).toEqual(["/deferred 202", "/deferred 200", "/notification 204"]);
    expect(await wallet.cards()).toMatchObject([{ id: output["id"], copies_left: 3 }]);
  });

  test("fresh copies, twice, each time with the refresh token of the time before", async () => {
    const wallet = newWallet();
    const { output } = await wallet.run("collect", issuer.origin, "--copies", "2");
    for (const copies of [3, 4]) {
      issuer.behave();
      expect(await wallet.run("renew", String(output["id"]), "--copies", String(copies))).toMatchObject({ code: 0, output: { id: output["id"], copies } });
      expect(issuer.heard).toEqual(["/challenge 200", ...TOKEN, ...CARDS]);
      expect(await wallet.cards()).toMatchObject([{ id: output["id"], copies_left: copies }]);
    }
  });
});

describe("mibun-wallet keeps what it has", () => {
  test("when there are no fresh copies to be had, and tries no token twice", async () => {
    const wallet = newWallet();
    const { output } = await wallet.run("collect", issuer.origin, "--copies", "2");
    issuer.authorization.withdraw();
    for (const [code, error] of [
      [REFUSED_BY_THEM, "the token was refused: invalid_grant"],
      [USAGE, "more copies of this card have to be offered by the issuer"],
    ]) {
      expect(await wallet.run("renew", String(output["id"]))).toEqual({ code, output: { error } });
    }
    expect(await wallet.cards()).toMatchObject([{ id: output["id"], copies_left: 2 }]);
  });
});

describe("mibun-wallet keeps nothing", () => {
  const ELSEWHERE = "https://elsewhere.example";

  test.each<[string, (answer: URLSearchParams) => void, string]>([
    ["of another server", (answer) => answer.set("iss", ELSEWHERE), "the answer is another authorization server's"],
    ["of nobody", (answer) => answer.delete("iss"), "the answer does not say who gives it"],
    ["to another request", (answer) => answer.set("state", "another"), "the answer is for another request"],
    ["to no request", (answer) => answer.delete("state"), "the answer does not say which request it is for"],
    ["with two codes", (answer) => answer.append("code", "another"), "the parameters of the answer cannot be read: a parameter of the form appears twice"],
    ["without a code", (answer) => answer.delete("code"), "the answer has no code"],
  ])("when the browser brings an answer %s, and redeems nothing", async (_, back, error) => {
    issuer.behave({ back });
    const wallet = newWallet();
    expect(await wallet.run("collect", issuer.origin)).toEqual({ code: REFUSED_BY_US, output: { error } });
    expect(issuer.heard).toEqual(OVER_BROWSER);
    expect(await wallet.cards()).toEqual([]);
  });

  test("when the person says no at the authorization server", async () => {
    issuer.behave({
      back(answer) {
        answer.delete("code");
        answer.set("error", "access_denied");
      },
    });
    const wallet = newWallet();
    expect(await wallet.run("collect", issuer.origin)).toEqual({ code: REFUSED_BY_THEM, output: { error: "the authorization was refused: access_denied" } });
    expect(issuer.heard).toEqual(OVER_BROWSER);
    expect(await wallet.cards()).toEqual([]);
  });

  const bad: [string, string, () => Partial<Manner> | Promise<Partial<Manner>>, string][] = [
    ["sd-jwt", "whose signer leads to nobody it trusts", () => ({ signer: others.signer }), "the issuer of the card is not trusted: no trust anchor issued the last certificate"],
    ["mdoc", "whose signer leads to nobody it trusts", () => ({ signer: others.signer }), "the document is refused: no trust anchor issued the last certificate"],
    ["sd-jwt", "signed with a certificate for asking", () => ({ signer: others.asker }), "the issuer of the card is not trusted: certificate 0 is not for this purpose"],
    ["sd-jwt", "bound to a key of somebody else", async () => ({ holder: (await generateKeys(1))[0]?.jwk ?? {} }), "the card is bound to a key that is not ours"],
    ["mdoc", "bound to a key of somebody else", async () => ({ holder: (await generateKeys(1))[0]?.jwk ?? {} }), "the card is bound to a key that is not ours"],
  ];

  test.each(bad)("when a card comes as %s %s, and says so", async (format, _, manner, error) => {
    issuer.behave(await manner());
    const wallet = newWallet();
    expect(await wallet.run("collect", issuer.origin, "--format", format, "--copies", COPIES)).toEqual({ code: REFUSED_BY_US, output: { error: `a card is refused: ${error}` } });
    expect(issuer.notified).toEqual(["their-card credential_failure"]);
    expect(await wallet.cards()).toEqual([]);
  });

  test("when cards come in the clear that were to come encrypted", async () => {
    issuer.behave({ encrypted: true, answersInTheClear: true });
    const wallet = newWallet();
    expect(await wallet.run("collect", issuer.origin)).toEqual({ code: REFUSED_BY_US, output: { error: "the answer is not encrypted as it was asked for" } });
    expect(await wallet.cards()).toEqual([]);
  });

  test("when cards are not ready in the time it waits, but what it waits for", async () => {
    issuer.behave({ deferrals: 9 });
    const wallet = newWallet();
    const { code, output } = await wallet.run("collect", issuer.origin, "--wait", "1", "--copies", COPIES);
    expect({ code, output }).toMatchObject({ code: LATER, output: { result: "waiting", issuer: issuer.origin, ask_after: expect.any(String) as string } });
    expect(issuer.heard.at(-1)).toBe("/deferred 202");
    expect(await wallet.cards()).toEqual([]);
    expect((await wallet.run("list")).output["waiting"]).toMatchObject([{ id: output["id"], issuer: issuer.origin }]);
  });

  test("when the issuer does not know who vouches for it", async () => {
    const wallet = newWallet({ provider: others.provider });
    expect(await wallet.run("collect", issuer.origin)).toEqual({ code: REFUSED_BY_THEM, output: { error: "the pushed authorization request was refused: invalid_client" } });
    expect(issuer.heard).toEqual(["/challenge 200", "/par 401 invalid_client"]);
    expect(await wallet.cards()).toEqual([]);
  });

  test("when it vouches in another form than the issuer reads", async () => {
    const wallet = newWallet({ profile: "latest" });
    expect(await wallet.run("collect", issuer.origin)).toEqual({ code: REFUSED_BY_THEM, output: { error: "the pushed authorization request was refused: invalid_client" } });
    expect(await wallet.cards()).toEqual([]);
  });

  test.each([
    ["other digits", ["--tx-code", "000000"], REFUSED_BY_THEM, "the token was refused: invalid_grant"],
    ["no digits", [], USAGE, "the offer asks for a transaction code"],
  ] as const)("of an offer with a code and %s", async (_, digits, code, error) => {
    const wallet = newWallet();
    expect(await wallet.run("collect", await issuer.offer({ code: { txCode: "493536" } }), ...digits)).toEqual({ code, output: { error } });
    expect(await wallet.cards()).toEqual([]);
  });

  test("of an offer for the browser when nobody vouches for it, and asks nothing", async () => {
    const wallet = newWallet({ provider: undefined });
    expect(await wallet.run("collect", await issuer.offer())).toEqual({ code: REFUSED_BY_US, output: { error: "the offer has no grant that this wallet can use" } });
    expect(issuer.heard).toEqual([]);
    expect(await wallet.cards()).toEqual([]);
  });

  test("of an offer that was taken before", async () => {
    const offer = await issuer.offer({ code: {} });
    expect(await newWallet().run("collect", offer)).toMatchObject({ code: 0 });
    const wallet = newWallet();
    expect(await wallet.run("collect", offer)).toEqual({ code: REFUSED_BY_THEM, output: { error: "the token was refused: invalid_grant" } });
    expect(await wallet.cards()).toEqual([]);
  });
});
