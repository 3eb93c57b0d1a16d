import { randomUUID, type X509Certificate } from "node:crypto";
import { clientAuthenticationClientAttestationJwt, createClientAttestationJwt, Oauth2Client, resourceRequest, type AuthorizationServerMetadata, type CallbackContext, type RequestDpopOptions } from "@openid4vc/oauth2";
import { Openid4vciClient, type CredentialOfferObject, type IssuerMetadataResult } from "@openid4vc/openid4vci";
import { attest, type Attester } from "../../e2e/harness/attester";
import { callbacks } from "./callbacks";
import { copiesOf, type Copy } from "./collect";
import { generateKeys, type HolderKey } from "./keys";
import { AuthorizationPage } from "./page";

export const CLIENT = "https://wallet.example";
export const BACK = `${CLIENT}/back`;
/** What the metadata calls the card. */
export const CONFIGURATION = "mibun_card";
/** Copies that a wallet here asks for at a time. */
export const BATCH = 3;
const MINUTE_MS = 60_000;

/** How a wallet reaches the issuer, and whom it trusts. */
export interface Setting {
  origin: string;
  attester: Attester;
  root?: X509Certificate;
  via?: typeof fetch;
}

/** A request that was pushed. */
export interface Pushed {
  address: string;
  /** With an offer the library sends none. */
  state?: string;
  verifier: string;
}

/** A wallet made of @openid4vc/oauth2 and @openid4vc/openid4vci: attested, with tokens bound to a key of its own. */
export class Wallet {
  private constructor(
    readonly setting: Setting,
    readonly client: Openid4vciClient,
    readonly oauth: Oauth2Client,
    readonly metadata: IssuerMetadataResult,
    readonly dpop: RequestDpopOptions,
    private readonly means: CallbackContext,
    private readonly holder: HolderKey[],
  ) {}

  static async open(setting: Setting): Promise<Wallet> {
    const { attester, origin } = setting;
    const [instance, dpopKey, ...holder] = await generateKeys(2 + 2 * BATCH);
    if (!instance || !dpopKey) throw new Error("a key for the wallet and one for its tokens");
    const unattested = callbacks({ ...setting, keys: [instance, dpopKey, ...holder] });
    const clientAttestationJwt = await createClientAttestationJwt({
      callbacks: unattested,
      issuer: "https://provider.example",
      clientId: CLIENT,
      confirmation: { jwk: instance.jwk as never },
      issuedAt: new Date(),
      expiresAt: new Date(Date.now() + 5 * MINUTE_MS),
      signer: { method: "x5c", alg: "ES256", x5c: attester.x5c },
    });
    const means = { ...unattested, clientAuthentication: clientAuthenticationClientAttestationJwt({ clientAttestationJwt, callbacks: unattested }) };
    const client = new Openid4vciClient({ callbacks: means });
    const dpop: RequestDpopOptions = { signer: { method: "jwk", alg: "ES256", publicJwk: dpopKey.jwk as never } };
    return new Wallet(setting, client, new Oauth2Client({ callbacks: means }), await client.resolveIssuerMetadata(origin), dpop, means, holder);
  }

  get server(): AuthorizationServerMetadata {
    const [server] = this.metadata.authorizationServers;
    if (!server) throw new Error("the issuer has an authorization server");
    return server;
  }

  /** Keys for a new batch; there are enough for two. */
  keys(): HolderKey[] {
    return this.holder.splice(0, BATCH);
  }

  /** Pushes a request, by scope unless `more` says what is asked, following an offer if there is one. */
  async push({ offer, more, scope = CONFIGURATION }: { offer?: CredentialOfferObject; more?: Record<string, unknown>; scope?: string } = {}): Promise<Pushed> {
    const state = randomUUID();
    const request = { clientId: CLIENT, redirectUri: BACK, dpop: this.dpop, ...(more ? { additionalRequestPayload: more } : { scope }) };
    const made = offer
      ? await this.client.initiateAuthorization({ ...request, credentialOffer: offer, issuerMetadata: this.metadata })
      : await this.oauth.initiateAuthorization({ ...request, state, authorizationServerMetadata: this.server });
    if (!("authorizationRequestUrl" in made) || !made.pkce) throw new Error("a page to go to, and a verifier");
    return { address: made.authorizationRequestUrl, verifier: made.pkce.codeVerifier, ...(!offer && { state }) };
  }

  /** Reads what the browser came back with, and checks who sent it. */
  returned(url: string, { state }: Pick<Pushed, "state">): { code?: string | undefined; error?: string | undefined } {
    const response = this.client.parseAndVerifyAuthorizationResponseRedirectUrl({ url, authorizationServerMetadata: this.server });
    if (response.state !== state) throw new Error("the answer is for another request");
    return response;
  }

  /** Goes over the browser with what the person was given; answers the code. */
  async code(pushed: Pushed, { reference, tx_code: code }: { reference: string; tx_code: string }): Promise<string> {
    const page = await AuthorizationPage.open(pushed.address);
    const back = this.returned(await page.answer("allow", { reference, code }), pushed);
    if (!back.code) throw new Error(`no code, but ${back.error}`);
    return back.code;
  }

  async redeem(code: string, verifier: string) {
    return (await this.oauth.retrieveAuthorizationCodeAccessToken({ authorizationServerMetadata: this.server, authorizationCode: code, pkceCodeVerifier: verifier, redirectUri: BACK, dpop: this.dpop })).accessTokenResponse;
  }

  async refresh(refreshToken: string | undefined) {
    return (await this.oauth.retrieveRefreshTokenAccessToken({ authorizationServerMetadata: this.server, refreshToken: refreshToken ?? "", dpop: this.dpop })).accessTokenResponse;
  }

  async nonce(): Promise<string> {
    return (await this.client.requestNonce({ issuerMetadata: this.metadata })).c_nonce;
  }

  /** Proofs of possession of `keys`; with an attestation of all of them, one stands for all. */
  async prove(keys: readonly HolderKey[], keyAttestationJwt?: string, configuration = CONFIGURATION): Promise<[string, ...string[]]> {
    const nonce = await this.nonce();
    const one = ({ jwk }: HolderKey) =>
      this.client.createCredentialRequestJwtProof({ issuerMetadata: this.metadata, nonce, issuedAt: new Date(), credentialConfigurationId: configuration, signer: { method: "jwk", alg: "ES256", publicJwk: jwk as never }, ...(keyAttestationJwt && { keyAttestationJwt }) });
    const proving = keyAttestationJwt ? keys.slice(0, 1) : keys;
    return (await Promise.all(proving.map(one))).map(({ jwt }) => jwt) as [string, ...string[]];
  }

  /** What a keeper of keys says about them. */
  attestKeys(keys: readonly HolderKey[], nonce?: string, by: Attester = this.setting.attester): Promise<string> {
    const claims = { attested_keys: keys.map(({ jwk }) => jwk), key_storage: ["iso_18045_moderate"], user_authentication: ["iso_18045_moderate"] };
    return attest(by, "key-attestation+jwt", { ...claims, ...(nonce && { nonce }) });
  }

  async fetch(accessToken: string, proofs: { jwt: [string, ...string[]] } | { attestation: [string] }, configuration = CONFIGURATION) {
    return (await this.client.retrieveCredentials({ issuerMetadata: this.metadata, accessToken, credentialConfigurationId: configuration, proofs, dpop: this.dpop })).credentialResponse;
  }

  /** The whole request for copies bound to new keys. */
  async copies(accessToken: string): Promise<Copy[]> {
    const keys = this.keys();
    return copiesOf(await this.fetch(accessToken, { jwt: await this.prove(keys) }), keys);
  }

  /** A request of the credential endpoint that the library has no function for. */
  ask(accessToken: string, body: Record<string, unknown>) {
    const requestOptions = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    return resourceRequest({ url: this.metadata.credentialIssuer.credential_endpoint, accessToken, dpop: this.dpop, callbacks: this.means, requestOptions });
  }
}
