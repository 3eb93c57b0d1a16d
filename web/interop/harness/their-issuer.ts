import type { X509Certificate } from "node:crypto";
import { decodeJwt, Oauth2ResourceServer, Oauth2ServerErrorResponseError, type CallbackContext } from "@openid4vc/oauth2";
import { Openid4vciIssuer, Openid4vciVersion, type IssuerMetadataResult } from "@openid4vc/openid4vci";
import { compactDecrypt, CompactEncrypt, importJWK, type JWK } from "jose";
import type { Certified } from "./authority";
import { generateEncryptionKey, generateKeys, type EncryptionKey, type HolderKey } from "./keys";
import { Serving, type Desk, type Incoming } from "./serve";
import { random, TheirAuthorizationServer, type AuthorizationManner } from "./their-authorization";
import { serverCallbacks } from "./their-callbacks";
import { DOCTYPE, makeMdoc, makeSdJwt, VCT } from "./their-cards";

export const SD_JWT = "their_card";
export const MDOC = "their_card_mdoc";
/** Copies that one request may ask for. */
export const BATCH_SIZE = 8;
const ALGORITHM = "ECDH-ES";

/** What issuer and authorization server do as the test wants it. */
export interface Manner extends AuthorizationManner {
  /** Whether requests and answers have to be encrypted. */
  encrypted: boolean;
  /** How often cards are not ready when they are asked for. */
  deferrals: number;
  /** Which proofs are taken. */
  proofs: "jwt" | "jwt with attestation" | "attestation";
  /** Who signs the cards. */
  signer: Certified;
  /** Whom they are bound to, if not to the keys that were proven. */
  holder?: JWK;
  /** Whether the answer is encrypted, where it has to be. */
  answersInTheClear: boolean;
}

interface Asked {
  body: Record<string, unknown>;
  /** How the answer has to be encrypted, if it has to. */
  answer?: { jwk: JWK; enc: string };
}

/** A credential issuer made of @openid4vc/openid4vci, with its authorization server at another address; cards by @sd-jwt and @owf/mdoc. */
export class TheirIssuer {
  readonly notified: string[] = [];
  readonly authorization: TheirAuthorizationServer;
  manner: Manner;
  readonly #callbacks: CallbackContext;
  readonly #issuer: Openid4vciIssuer;
  readonly #offers = new Map<string, unknown>();
  readonly #nonces = new Set<string>();
  readonly #waiting = new Map<string, { left: number; cards: string[] }>();
  readonly #usual: Manner;
  #dpopNonce = random();

  private constructor(
    private readonly serving: readonly [Serving, Serving],
    signer: Certified,
    root: X509Certificate,
    tokens: HolderKey,
    private readonly encryption: EncryptionKey,
  ) {
    this.#callbacks = serverCallbacks({ keys: [tokens], root });
    this.#issuer = new Openid4vciIssuer({ callbacks: this.#callbacks });
    this.#usual = { profile: "haip-1.0", back: () => undefined, encrypted: false, deferrals: 0, proofs: "jwt", signer, answersInTheClear: false };
    this.manner = this.#usual;
    this.authorization = new TheirAuthorizationServer(serving[1].origin, this.origin, tokens, this.#callbacks, () => this.manner);
    [serving[0].desks, serving[1].desks] = [this.#desks, this.authorization.desks];
  }

  /** Opens, with `signer` for cards, for wallets whose provider leads to `root`. */
  static async open(signer: Certified, root: X509Certificate): Promise<TheirIssuer> {
    const [tokens] = (await generateKeys(1)) as [HolderKey];
    const issuing = await Serving.open();
    return new TheirIssuer([issuing, await Serving.open(issuing.heard)], signer, root, tokens, await generateEncryptionKey("requests"));
  }

  get origin(): string {
    return this.serving[0].origin;
  }

  /** What issuer and authorization server heard, in order. */
  get heard(): string[] {
    return this.serving[0].heard;
  }

  /** From here on it does as usual, but for `manner`; what was seen before is forgotten. */
  behave(manner: Partial<Manner> = {}): void {
    this.manner = { ...this.#usual, ...manner };
    this.heard.length = 0;
    this.notified.length = 0;
  }

  /** Makes an offer, for the browser unless `code` says otherwise; answers its link. */
  async offer(how: { byReference?: boolean; code?: { txCode?: string }; issuerState?: string; configuration?: string } = {}): Promise<string> {
    const code = random();
    if (how.code) this.authorization.preAuthorized.set(code, how.code.txCode);
    const server = { authorization_server: this.authorization.metadata.issuer };
    const digits = how.code?.txCode && { tx_code: { input_mode: "numeric" as const, length: how.code.txCode.length } };
    const preAuthorized = { "urn:ietf:params:oauth:grant-type:pre-authorized_code": { "pre-authorized_code": code, ...digits, ...server } };
    const grants = how.code ? preAuthorized : { authorization_code: { ...(how.issuerState && { issuer_state: how.issuerState }), ...server } };
    const id = random();
    const made = await this.#issuer.createCredentialOffer({ issuerMetadata: this.metadata, credentialConfigurationIds: [how.configuration ?? SD_JWT], grants, ...(how.byReference && { credentialOfferUri: `${this.origin}/offer?id=${id}` }) });
    this.#offers.set(id, made.credentialOfferObject);
    return made.credentialOffer;
  }

  get metadata(): IssuerMetadataResult {
    const at = (path: string) => `${this.origin}/${path}`;
    const { encrypted } = this.manner;
    const values = { enc_values_supported: ["A128GCM"], encryption_required: true };
    const encryption = { credential_request_encryption: { jwks: { keys: [this.encryption.jwk] }, ...values }, credential_response_encryption: { alg_values_supported: [ALGORITHM], ...values } };
    const credentialIssuer = this.#issuer.createCredentialIssuerMetadata({
      credential_issuer: this.origin,
      authorization_servers: [this.authorization.metadata.issuer],
      credential_endpoint: at("credential"),
      deferred_credential_endpoint: at("deferred"),
      notification_endpoint: at("notification"),
      nonce_endpoint: at("nonce"),
      batch_credential_issuance: { batch_size: BATCH_SIZE },
      display: [{ name: "Their Authority", locale: "en" }],
      credential_configurations_supported: this.#configurations,
      ...(encrypted && encryption),
    });
    const knownCredentialConfigurations = this.#issuer.getKnownCredentialConfigurationsSupported(credentialIssuer);
    return { originalDraftVersion: Openid4vciVersion.V1, credentialIssuer, authorizationServers: [this.authorization.metadata], knownCredentialConfigurations };
  }

  get #configurations() {
    const { proofs } = this.manner;
    const attested = proofs === "jwt" ? {} : { key_attestations_required: {} };
    const proof = { [proofs === "attestation" ? "attestation" : "jwt"]: { proof_signing_alg_values_supported: ["ES256"], ...attested } };
    const common = { proof_types_supported: proof, credential_metadata: { display: [{ name: "Their card", locale: "en" }] } };
    return {
      [SD_JWT]: { format: "dc+sd-jwt", vct: VCT, scope: SD_JWT, cryptographic_binding_methods_supported: ["jwk"], credential_signing_alg_values_supported: ["ES256"], ...common },
      [MDOC]: { format: "mso_mdoc", doctype: DOCTYPE, scope: MDOC, cryptographic_binding_methods_supported: ["cose_key"], credential_signing_alg_values_supported: [-7], ...common },
    };
  }

  get #desks(): Record<string, Desk> {
    return {
      "/.well-known/openid-credential-issuer": () => Response.json(this.metadata.credentialIssuer),
      "/nonce": () => this.#nonce(),
      "/credential": (request) => this.#guarded(request, () => this.#credential(request)),
      "/deferred": (request) => this.#guarded(request, () => this.#deferred(request)),
      "/notification": (request) => this.#guarded(request, () => this.#notification(request)),
      "/offer": (request) => Response.json(this.#offers.get(new URL(request.url).searchParams.get("id") ?? "")),
    };
  }

  #nonce(): Response {
    const cNonce = random();
    this.#nonces.add(cNonce);
    return Response.json(this.#issuer.createNonceResponse({ cNonce }), { headers: { "cache-control": "no-store" } });
  }

  /** Lets those in whose token the library finds good, with the nonce of the last answer in the proof that goes with it. */
  async #guarded(request: Incoming, answer: () => Promise<Response>): Promise<Response> {
    const server = new Oauth2ResourceServer({ callbacks: this.#callbacks });
    const { dpop } = await server.verifyResourceRequest({ authorizationServers: [this.authorization.metadata], resourceServer: this.origin, request });
    const [given, next] = [this.#dpopNonce, random()];
    this.#dpopNonce = next;
    if (dpop && decodeJwt({ jwt: request.headers.get("dpop") ?? "" }).payload.nonce !== given) {
      return Response.json({ error: "invalid_token" }, { status: 401, headers: { "www-authenticate": 'DPoP error="use_dpop_nonce"', "dpop-nonce": next } });
    }
    const answered = await answer();
    answered.headers.set("dpop-nonce", next);
    return answered;
  }

  async #credential(request: Incoming): Promise<Response> {
    const asked = await this.#opened(request);
    const parsed = this.#issuer.parseCredentialRequest({ credentialRequest: asked.body, issuerMetadata: this.metadata });
    const keys = await this.#proven(parsed.proofs ?? {});
    const make = parsed.credentialConfiguration?.format === "mso_mdoc" ? makeMdoc : makeSdJwt;
    const { signer, holder, deferrals } = this.manner;
    const cards = await Promise.all(keys.map((key) => make({ signer, issuer: this.origin, holder: holder ?? key })));
    // In another order than the keys: they tell which card is whose, and not the place.
    cards.reverse();
    if (deferrals > 0) {
      const transactionId = random();
      this.#waiting.set(transactionId, { left: deferrals - 1, cards });
      return this.#sealed(this.#issuer.createCredentialResponse({ credentialRequest: parsed, transactionId, interval: 1 }), asked, 202);
    }
    return this.#sealed(this.#issuer.createCredentialResponse({ credentialRequest: parsed, ...issued(cards), notificationId: "their-card" }), asked);
  }

  async #deferred(request: Incoming): Promise<Response> {
    const asked = await this.#opened(request);
    const { transaction_id: transactionId } = this.#issuer.parseDeferredCredentialRequest({ deferredCredentialRequest: asked.body }).deferredCredentialRequest;
    const waiting = this.#waiting.get(transactionId);
    if (!waiting) throw new Oauth2ServerErrorResponseError({ error: "invalid_transaction_id" });
    if (waiting.left-- > 0) return this.#sealed(this.#issuer.createDeferredCredentialResponse({ transactionId, interval: 1 }), asked, 202);
    this.#waiting.delete(transactionId);
    // The library takes no notification_id beside cards here, and so denies what OpenID4VCI 1.0 section 9.2 allows.
    return this.#sealed({ ...this.#issuer.createDeferredCredentialResponse(issued(waiting.cards)), notification_id: "their-card" }, asked);
  }

  async #notification(request: Incoming): Promise<Response> {
    const { notification_id: id, event } = (await request.json()) as { notification_id: string; event: string };
    this.notified.push(`${id} ${event}`);
    return new Response(null, { status: 204 });
  }

  /** The keys that the library found proven, all with one nonce that was given out and not used before. */
  async #proven(proofs: { jwt?: string[] | undefined; attestation?: string[] | undefined }): Promise<JWK[]> {
    const jwts = proofs.jwt ?? proofs.attestation ?? [];
    const expectedNonce = String(decodeJwt({ jwt: jwts[0] ?? "" }).payload.nonce);
    if (!this.#nonces.delete(expectedNonce)) throw new Oauth2ServerErrorResponseError({ error: "invalid_nonce" });
    if (proofs.attestation) {
      const verified = await Promise.all(proofs.attestation.map((keyAttestationJwt) => this.#issuer.verifyCredentialRequestAttestationProof({ expectedNonce, keyAttestationJwt, issuerMetadata: this.metadata })));
      return verified.flatMap(({ payload }) => payload.attested_keys) as JWK[];
    }
    const verified = await Promise.all(jwts.map((jwt) => this.#issuer.verifyCredentialRequestJwtProof({ expectedNonce, jwt, issuerMetadata: this.metadata })));
    const isAttested = this.manner.proofs === "jwt with attestation";
    if (verified.some(({ keyAttestation }) => (keyAttestation !== undefined) !== isAttested)) throw new Oauth2ServerErrorResponseError({ error: "invalid_proof" });
    return verified.map(({ signer }) => signer.publicJwk as JWK);
  }

  /** The request, opened by jose where it was encrypted. */
  async #opened(request: Incoming): Promise<Asked> {
    if (!this.manner.encrypted) return { body: (await request.json()) as Asked["body"] };
    if (request.headers.get("content-type") !== "application/jwt") throw new Oauth2ServerErrorResponseError({ error: "invalid_encryption_parameters" });
    const { plaintext } = await compactDecrypt(await request.text(), this.encryption.privateKey, { contentEncryptionAlgorithms: ["A128GCM"] });
    const { credential_response_encryption: answer, ...body } = JSON.parse(Buffer.from(plaintext).toString()) as Asked["body"] & { credential_response_encryption: { jwk: JWK; enc: string } };
    return { body, answer };
  }

  async #sealed(body: unknown, { answer }: Asked, status = 200): Promise<Response> {
    if (!answer || this.manner.answersInTheClear) return Response.json(body, { status });
    const header = { alg: ALGORITHM, enc: answer.enc, kid: answer.jwk.kid ?? "" };
    const jwe = await new CompactEncrypt(Buffer.from(JSON.stringify(body))).setProtectedHeader(header).encrypt(await importJWK(answer.jwk, ALGORITHM));
    return new Response(jwe, { status, headers: { "content-type": "application/jwt" } });
  }

  async close(): Promise<void> {
    await Promise.all(this.serving.map((serving) => serving.close()));
  }
}

function issued(cards: readonly string[]) {
  return { credentials: cards.map((credential) => ({ credential })) };
}
