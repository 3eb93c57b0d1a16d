import type { X509Certificate } from "node:crypto";
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, type JWK } from "jose";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { attester, foundAttester } from "../../e2e/harness/attester";
import { verifyCard } from "../harness/card";
import { copiesOf, type Copy } from "../harness/collect";
import { offerTo, operate, type Offer } from "../harness/operator";
import { AuthorizationPage } from "../harness/page";
import { PEOPLE } from "../harness/people";
import { credentialError, oauthError } from "../harness/told";
import { fetchRoot } from "../harness/trust";
import { encrypting, noting, preferringSigned, type Encrypted, type Seen } from "../harness/via";
import { BACK, BATCH, CLIENT, CONFIGURATION, Wallet, type Pushed, type Setting } from "../harness/wallet";

const { origin } = inject("access");
const folder = inject("folder");
let root: X509Certificate;
let setting: Setting;

beforeAll(async () => {
  root = await fetchRoot(origin);
  setting = { origin, attester: await attester(folder) };
});

const offered = (person: keyof typeof PEOPLE): Promise<Offer> => offerTo(folder, PEOPLE[person].number);

/** The whole way of a new wallet to its tokens. */
async function tokens(wallet: Wallet, person: keyof typeof PEOPLE) {
  const pushed = await wallet.push();
  return wallet.redeem(await wallet.code(pushed, await offered(person)), pushed.verifier);
}

/** Verifies every copy, and that each is bound to its key. */
async function verifyAll(copies: readonly Copy[], person: keyof typeof PEOPLE): Promise<void> {
  const { family_name, given_name } = PEOPLE[person];
  for (const { sdJwt, key } of copies) {
    const { payload } = await verifyCard(sdJwt, root);
    expect(payload).toMatchObject({ vct: "urn:eudi:pid:1", iss: origin, family_name, given_name });
    expect(await calculateJwkThumbprint((payload.cnf as { jwk: JWK }).jwk)).toBe(key.thumbprint);
  }
}

describe("@openid4vc/oauth2 authorizes over the browser", () => {
  const seen: Seen[] = [];
  let wallet: Wallet;
  let pushed: Pushed;
  let back: string;
  let token: Awaited<ReturnType<Wallet["redeem"]>>;
  let notificationId: string | undefined;

  const statuses = (path: string) => seen.filter((request) => request.path === path).map(({ status }) => status);

  beforeAll(async () => {
    wallet = await Wallet.open({ ...setting, via: noting(seen) });
  });

  test("the metadata asks for pushed requests, attested wallets, S256 and DPoP", () => {
    const authorizationServerMetadata = wallet.server;
    expect(authorizationServerMetadata).toMatchObject({ issuer: origin, require_pushed_authorization_requests: true, authorization_response_iss_parameter_supported: true, code_challenge_methods_supported: ["S256"] });
    expect(wallet.oauth.isClientAttestationSupported({ authorizationServerMetadata })).toEqual({ supported: true });
    expect(wallet.oauth.isDpopSupported({ authorizationServerMetadata })).toEqual({ supported: true, dpopSigningAlgValuesSupported: ["ES256"] });
  });

  test("a pushed request leaves nothing in the address but its reference", async () => {
    pushed = await wallet.push();
    expect([...new URL(pushed.address).searchParams.keys()].toSorted()).toEqual(["client_id", "request_uri"]);
  });

  test("the person who was not named types the reference and the code", async () => {
    const offer = await offered("authorizing");
    const page = await AuthorizationPage.open(pushed.address);
    expect(page.asked).toEqual(["reference", "code"]);
    back = await page.answer("allow", { reference: offer.reference, code: offer.tx_code });
    expect(back.startsWith(`${BACK}?`)).toBe(true);
    expect(Object.fromEntries(new URL(back).searchParams)).toEqual({ code: expect.any(String) as string, state: pushed.state, iss: origin });
  });

  test("the library takes the answer of this issuer and of no other", () => {
    expect(wallet.returned(back, pushed).code).toBeTypeOf("string");
    expect(() => wallet.returned(back.replace(encodeURIComponent(origin), encodeURIComponent("https://elsewhere.example")), pushed)).toThrow();
  });

  test("the token is bound to the key, once the nonce of the server is in the proof", async () => {
    token = await wallet.redeem(wallet.returned(back, pushed).code ?? "", pushed.verifier);
    expect(token).toMatchObject({ token_type: "DPoP", expires_in: 600, refresh_token: expect.any(String) as string });
    expect(statuses("/token")).toEqual([400, 200]);
  });

  test("three copies, each verified by @sd-jwt/sd-jwt-vc", async () => {
    const keys = wallet.keys();
    const answer = await wallet.fetch(token.access_token, { jwt: await wallet.prove(keys) });
    notificationId = answer.notification_id;
    const copies = copiesOf(answer, keys);
    expect(copies).toHaveLength(BATCH);
    await verifyAll(copies, "authorizing");
    expect(statuses("/credential")).toEqual([401, 200]);
  });

  test("the notification is taken", async () => {
    const { response } = await wallet.client.sendNotification({ issuerMetadata: wallet.metadata, accessToken: token.access_token, dpop: wallet.dpop, notification: { event: "credential_accepted", notificationId: notificationId ?? "" } });
    expect(response.status).toBe(204);
  });

  test("a proof that is sent again is refused", async () => {
    const taken = seen.findLast(({ path, status }) => path === "/credential" && status === 200);
    const again = await fetch(`${origin}/credential`, taken?.init);
    expect({ status: again.status, body: await again.json() }).toMatchObject({ status: 401, body: { error: "invalid_dpop_proof" } });
  });
});

describe("an offer that the wallet knows", () => {
  test("asks the person for the six digits alone", async () => {
    const wallet = await Wallet.open(setting);
    const { uri, tx_code: code } = await offered("offered");
    const offer = await wallet.client.resolveCredentialOffer(uri);
    expect(offer.grants?.authorization_code?.issuer_state).toBeTypeOf("string");
    const pushed = await wallet.push({ offer });
    const page = await AuthorizationPage.open(pushed.address);
    expect(page.asked).toEqual(["code"]);
    const { code: authorizationCode = "" } = wallet.returned(await page.answer("allow", { code }), pushed);
    const { accessTokenResponse } = await wallet.client.retrieveAuthorizationCodeAccessTokenFromOffer({ issuerMetadata: wallet.metadata, credentialOffer: offer, authorizationCode, pkceCodeVerifier: pushed.verifier, redirectUri: BACK, dpop: wallet.dpop });
    const copies = await wallet.copies(accessTokenResponse.access_token);
    expect(copies).toHaveLength(BATCH);
    await verifyAll(copies, "offered");
  });
});

describe("refreshing", () => {
  test("gives more copies of the same card, and the first ones stay good", async () => {
    const wallet = await Wallet.open(setting);
    const first = await tokens(wallet, "refreshing");
    const copies = await wallet.copies(first.access_token);
    const second = await wallet.refresh(first.refresh_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const more = await wallet.copies(second.access_token);
    expect(more).toHaveLength(BATCH);
    await verifyAll([...copies, ...more], "refreshing");
    const cards = await operate(folder, ["card", "list", PEOPLE.refreshing.number]);
    expect(cards.trim().split("\n").filter((line) => line.includes(" until "))).toHaveLength(1);
  });

  test("with a used token is refused, and ends all that came of it", async () => {
    const wallet = await Wallet.open(setting);
    const first = await tokens(wallet, "refreshing");
    const second = await wallet.refresh(first.refresh_token);
    const third = await wallet.refresh(second.refresh_token);
    expect(await oauthError(wallet.refresh(first.refresh_token))).toEqual({ status: 400, error: "invalid_grant" });
    expect(await oauthError(wallet.refresh(third.refresh_token))).toEqual({ status: 400, error: "invalid_grant" });
    expect(await credentialError(wallet.copies(third.access_token))).toEqual({ status: 401, error: "invalid_token" });
  });
});

describe("what the issuer offers beside", () => {
  test.each(["A128GCM", "A256GCM"])("requests and answers are encrypted by jose with %s", async (enc) => {
    const encrypted: Encrypted[] = [];
    const target: { endpoint?: string; jwk: JWK } = { jwk: {} };
    const wallet = await Wallet.open({ ...setting, via: encrypting(() => target, enc, encrypted) });
    const offers = wallet.metadata.credentialIssuer["credential_request_encryption"] as { jwks: { keys: JWK[] }; enc_values_supported: string[] };
    expect(offers.enc_values_supported).toContain(enc);
    [target.endpoint, target.jwk] = [wallet.metadata.credentialIssuer.credential_endpoint, offers.jwks.keys[0] ?? {}];
    const copies = await wallet.copies((await tokens(wallet, "authorizing")).access_token);
    expect(encrypted).toEqual([{ answerType: "application/jwt", enc }]);
    await verifyAll(copies, "authorizing");
  });

  test("the metadata comes signed, and says the same", async () => {
    const signed = (await Wallet.open({ ...setting, root, via: preferringSigned })).metadata.signedCredentialIssuer;
    expect(signed?.jwt.header).toMatchObject({ typ: "openidvci-issuer-metadata+jwt", alg: "ES256" });
    expect(signed?.signer.method).toBe("x5c");
    const plain = (await (await fetch(`${origin}/.well-known/openid-credential-issuer`)).json()) as object;
    expect(signed?.jwt.payload).toMatchObject({ ...plain, sub: origin });
  });

  test("one attestation of three keys stands for three proofs", async () => {
    const wallet = await Wallet.open(setting);
    const keys = wallet.keys();
    expect(wallet.metadata.credentialIssuer.credential_configurations_supported[CONFIGURATION]?.proof_types_supported).toHaveProperty("attestation");
    const { access_token: token } = await tokens(wallet, "authorizing");
    const attestation = await wallet.attestKeys(keys, await wallet.nonce());
    expect(decodeProtectedHeader(attestation).typ).toBe("key-attestation+jwt");
    const copies = copiesOf(await wallet.fetch(token, { attestation: [attestation] }), keys);
    expect(copies).toHaveLength(BATCH);
    await verifyAll(copies, "authorizing");
  });

  test("a proof by one key carries the attestation of three", async () => {
    const wallet = await Wallet.open(setting);
    const keys = wallet.keys();
    const { access_token: token } = await tokens(wallet, "authorizing");
    const proofs = await wallet.prove(keys, await wallet.attestKeys(keys));
    expect(decodeProtectedHeader(proofs[0])).toHaveProperty("key_attestation");
    const copies = copiesOf(await wallet.fetch(token, { jwt: proofs }), keys);
    expect(copies).toHaveLength(BATCH);
    await verifyAll(copies, "authorizing");
  });

  test("authorization_details are answered with an identifier that asks for the card", async () => {
    const wallet = await Wallet.open(setting);
    const details = [{ type: "openid_credential", credential_configuration_id: CONFIGURATION }];
    const pushed = await wallet.push({ more: { authorization_details: JSON.stringify(details) } });
    const token = await wallet.redeem(await wallet.code(pushed, await offered("authorizing")), pushed.verifier);
    const [detail] = token["authorization_details"] as { credential_identifiers: string[] }[];
    expect(detail).toMatchObject({ ...details[0], credential_identifiers: [expect.any(String)] });
    const keys = wallet.keys();
    const { ok, response } = await wallet.ask(token.access_token, { credential_identifier: detail?.credential_identifiers[0], proofs: { jwt: await wallet.prove(keys) } });
    expect(ok).toBe(true);
    await verifyAll(copiesOf((await response.json()) as never, keys), "authorizing");
  });
});

describe("authorizing refuses", () => {
  const newcomer = async () => {
    await foundAttester(folder, "foreign");
    return attester(folder, "foreign");
  };

  test("nobody's card when the person says no", async () => {
    const wallet = await Wallet.open(setting);
    const pushed = await wallet.push();
    const page = await AuthorizationPage.open(pushed.address);
    expect(wallet.returned(await page.answer("deny"), pushed)).toMatchObject({ error: "access_denied", iss: origin });
    await expect(AuthorizationPage.open(pushed.address)).rejects.toThrow("400");
  });

  test("a wallet whose attester nobody named", async () => {
    const wallet = await Wallet.open({ ...setting, attester: await newcomer() });
    expect(await oauthError(wallet.push())).toEqual({ status: 401, error: "invalid_client" });
  });

  test("keys whose attester nobody named", async () => {
    const wallet = await Wallet.open(setting);
    const { access_token: token } = await tokens(wallet, "guarded");
    const attestation = await wallet.attestKeys(wallet.keys(), await wallet.nonce(), await newcomer());
    expect(await credentialError(wallet.fetch(token, { attestation: [attestation] }))).toEqual({ status: 400, error: "invalid_proof" });
  });

  test("a code with another verifier", async () => {
    const wallet = await Wallet.open(setting);
    const pushed = await wallet.push();
    const code = await wallet.code(pushed, await offered("guarded"));
    expect(await oauthError(wallet.redeem(code, pushed.verifier.replaceAll(/[A-Z]/g, "x")))).toEqual({ status: 400, error: "invalid_grant" });
  });

  test("a code that is used twice, and ends what came of it", async () => {
    const wallet = await Wallet.open(setting);
    const pushed = await wallet.push();
    const code = await wallet.code(pushed, await offered("guarded"));
    const { access_token: token } = await wallet.redeem(code, pushed.verifier);
    expect(await oauthError(wallet.redeem(code, pushed.verifier))).toEqual({ status: 400, error: "invalid_grant" });
    expect(await credentialError(wallet.copies(token))).toEqual({ status: 401, error: "invalid_token" });
  });

  test("a token in the hands of another wallet", async () => {
    const [wallet, thief] = [await Wallet.open(setting), await Wallet.open(setting)];
    const { access_token: token } = await tokens(wallet, "guarded");
    expect(await credentialError(thief.copies(token))).toEqual({ status: 401, error: "invalid_token" });
    expect((await wallet.copies(token)).map(({ sdJwt }) => decodeJwt(sdJwt.split("~")[0] ?? "").iss)).toEqual(Array.from({ length: BATCH }, () => origin));
  });

  test("a request by a wallet that is not attested", async () => {
    const body = new URLSearchParams({ client_id: CLIENT, response_type: "code", redirect_uri: BACK, scope: CONFIGURATION });
    const answer = await fetch(`${origin}/par`, { method: "POST", body });
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({ status: 401, body: { error: "invalid_client" } });
  });
});
