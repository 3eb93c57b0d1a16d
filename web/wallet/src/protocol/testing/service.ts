import { compactDecrypt, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair } from "jose";
import { fromBase64, sha256, toBase64url, token } from "../bytes";
import { PURPOSE } from "../chain";
import { signJwt } from "../jws";
import { DOCTYPE } from "../mdoc/elements";
import { TestAuthority, VCT } from "./authority";
import { makeMdoc, type Elements } from "./documents";
import { TestSealing } from "./sealing";

/** What a test may bend out of shape. */
export interface Bends {
  /** Members of the request object that differ from a good one. */
  request?: Record<string, unknown>;
  requestHeader?: Record<string, unknown>;
  /** Signs request objects in place of the service's authority. */
  requestAuthority?: TestAuthority;
  cardAuthority?: TestAuthority;
  /** Gives every copy to this key instead of the one that asked. */
  holderKey?: object;
  /** What the answer's address replies. */
  acknowledgement?: Response;
  /** What cards say that are issued. */
  claims?: object;
  /** What documents say that are issued beside them; without it the issuer has none. */
  elements?: Elements;
  /** Answers in place of the issuer to requests for documents. */
  mdocAnswer?: Response;
  /** Whether the card waits for an officer. */
  isDeferred?: boolean;
  /** Answers in place of the issuer to who asks again by a name. */
  deferredAnswer?: (transaction: string) => Response | undefined;
  /** Whether the issuer says nowhere where to ask again. */
  asksNeverAgain?: boolean;
  /** Whether tokens come with another one for the next. */
  refreshes?: boolean;
}

interface CredentialRequest {
  proofs: { jwt: string[] };
  credential_configuration_id: string;
}

type Handler = (request: Request) => Promise<Response> | Response;

/** An issuer and asker to test the wallet against: as much of the protocols as a wallet sees. */
export class TestService {
  readonly posted: Record<string, string>[] = [];
  readonly events: string[] = [];
  /** Refresh tokens that were given, and those that were used. */
  readonly refreshed: string[] = [];
  bends: Bends = {};
  /** Interfaces beside those of the protocols. */
  more: Record<string, Handler> = {};
  walletNonce: string | undefined;
  /** The access token that is good now. */
  token = "access-1";
  /** Requests that wait, by their names, and those that were asked for again. */
  readonly waiting = new Map<string, CredentialRequest>();
  readonly askedAgain: string[] = [];

  private constructor(
    readonly origin: string,
    readonly authority: TestAuthority,
    /** How requests for cards are encrypted, and their answers. */
    public sealing: TestSealing | undefined,
    private readonly answerKey: Awaited<ReturnType<typeof generateKeyPair>>,
  ) {}

  static async make(origin = "https://id.example"): Promise<TestService> {
    return new TestService(origin, await TestAuthority.make(), await TestSealing.make(), await generateKeyPair("ECDH-ES", { crv: "P-256", extractable: true }));
  }

  get offer(): string {
    return `openid-credential-offer://?credential_offer_uri=${encodeURIComponent(`${this.origin}/offers/1`)}`;
  }

  /** Everything the wallet fetches. */
  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input instanceof Request ? input : new URL(input, this.origin), { ...init, redirect: "follow" });
    const { pathname } = new URL(request.url);
    const route = this.more[pathname] ?? this.#routes[pathname];
    return route ? route(request) : Response.json({ error: "not_found" }, { status: 404 });
  };

  readonly #routes: Record<string, Handler> = {
    "/trust/authority.pem": () => new Response(this.authority.pem),
    "/offers/1": () => Response.json({ credential_issuer: this.origin, credential_configuration_ids: Object.keys(this.#configurations()), grants: { "urn:ietf:params:oauth:grant-type:pre-authorized_code": { "pre-authorized_code": "code-1", tx_code: { length: 6, input_mode: "numeric" } } } }),
    "/.well-known/openid-credential-issuer": async () => Response.json({ ...this.#issuerMetadata(), ...(await this.sealing?.metadata()) }),
    "/.well-known/oauth-authorization-server": () => Response.json({ issuer: this.origin, token_endpoint: `${this.origin}/token`, "pre-authorized_grant_anonymous_access_supported": true, response_types_supported: ["code"], dpop_signing_alg_values_supported: ["ES256"] }),
    "/token": (request) => this.#token(request),
    "/nonce": () => Response.json({ c_nonce: "nonce-1" }, { headers: { "cache-control": "no-store" } }),
    "/credential": (request) => this.#opened(request, (content) => this.#credential(request, content as CredentialRequest)),
    "/deferred_credential": (request) => this.#opened(request, (content) => this.#deferred(request, content as { transaction_id: string })),
    "/notification": async (request) => {
      this.events.push(((await request.json()) as { event: string }).event);
      return new Response(null, { status: 204 });
    },
    "/vp/requests/1": (request) => this.#request(request),
    "/vp/responses/1": async (request) => {
      this.posted.push(Object.fromEntries(new URLSearchParams(await request.text())));
      return this.bends.acknowledgement ?? Response.json({});
    },
  };

  async link(): Promise<string> {
    const { certificate } = await this.#organisation();
    const clientId = `x509_hash:${toBase64url(await sha256(fromBase64(certificate)))}`;
    return `openid4vp://?${new URLSearchParams({ client_id: clientId, request_uri: `${this.origin}/vp/requests/1`, request_uri_method: "post" })}`;
  }

  /** The content of the last encrypted answer. */
  async decrypted(): Promise<{ vp_token: Record<string, string[]>; state: string; header: Record<string, unknown> }> {
    const { plaintext, protectedHeader } = await compactDecrypt(this.posted.at(-1)?.["response"] ?? "", this.answerKey.privateKey);
    return { ...JSON.parse(new TextDecoder().decode(plaintext)), header: protectedHeader };
  }

  #party: ReturnType<TestAuthority["party"]> | undefined;

  #organisation() {
    this.#party ??= (this.bends.requestAuthority ?? this.authority).party("Hotel Aoba", PURPOSE.accessCertificate);
    return this.#party;
  }

  #configurations() {
    const binding = { cryptographic_binding_methods_supported: ["jwk"], proof_types_supported: { jwt: { proof_signing_alg_values_supported: ["ES256"] } } };
    const card = { format: "dc+sd-jwt", scope: "card", vct: VCT, credential_signing_alg_values_supported: ["ES256"], ...binding };
    const document = { format: "mso_mdoc", scope: "document", doctype: DOCTYPE, credential_signing_alg_values_supported: [-7], ...binding, cryptographic_binding_methods_supported: ["cose_key"] };
    return { card, ...(this.bends.elements && { document }) };
  }

  #issuerMetadata() {
    const at = (path: string) => `${this.origin}${path}`;
    return {
      credential_issuer: this.origin,
      credential_endpoint: at("/credential"),
      ...(!this.bends.asksNeverAgain && { deferred_credential_endpoint: at("/deferred_credential") }),
      nonce_endpoint: at("/nonce"),
      notification_endpoint: at("/notification"),
      batch_credential_issuance: { batch_size: 3 },
      credential_configurations_supported: this.#configurations(),
    };
  }

  async #token(request: Request): Promise<Response> {
    const form = new URLSearchParams(await request.text());
    if (!request.headers.has("dpop")) return Response.json({ error: "invalid_dpop_proof" }, { status: 400 });
    const isOffered = form.get("tx_code") === "123456" && form.get("pre-authorized_code") === "code-1";
    const isNext = this.refreshed.length > 0 && form.get("refresh_token") === this.refreshed.at(-1);
    if (!isOffered && !isNext) return Response.json({ error: "invalid_grant" }, { status: 400 });
    const refresh_token = `refresh-${this.refreshed.length + 1}`;
    if (this.bends.refreshes) this.refreshed.push(refresh_token);
    this.token = `access-${Math.max(this.refreshed.length, 1)}`;
    return Response.json({ access_token: this.token, token_type: "DPoP", expires_in: 300, ...(this.bends.refreshes && { refresh_token }) });
  }

  async #opened(request: Request, answer: (content: object) => Promise<Response>): Promise<Response> {
    if (request.headers.get("content-type") !== "application/jwt") return answer((await request.json()) as object);
    const opened = await this.sealing?.open(await request.text());
    if (!opened) return Response.json({ error: "invalid_encryption_parameters" }, { status: 400 });
    return (await this.sealing?.close(await answer(opened.content), opened.wanted)) as Response;
  }

  async #credential(request: Request, asked: CredentialRequest): Promise<Response> {
    const sound = asked.proofs.jwt.every((jwt) => decodeJwt(jwt)["nonce"] === "nonce-1" && decodeProtectedHeader(jwt).typ === "openid4vci-proof+jwt");
    if (!sound) return Response.json({ error: "invalid_proof" }, { status: 400 });
    if (!this.#isEntitled(request)) return unknownToken();
    if (this.bends.isDeferred) {
      const transaction = `t-${this.waiting.size + 1}`;
      this.waiting.set(transaction, asked);
      return Response.json({ transaction_id: transaction, interval: 60 }, { status: 202 });
    }
    return this.#issue(asked);
  }

  async #deferred(request: Request, { transaction_id: transaction }: { transaction_id: string }): Promise<Response> {
    if (!this.#isEntitled(request)) return unknownToken();
    this.askedAgain.push(transaction);
    const other = this.bends.deferredAnswer?.(transaction);
    if (other) return other;
    const asked = this.waiting.get(transaction);
    if (!asked) return Response.json({ error: "invalid_transaction_id" }, { status: 400 });
    if (this.bends.isDeferred) return Response.json({ transaction_id: transaction, interval: 60 }, { status: 202 });
    return this.#issue(asked);
  }

  #isEntitled(request: Request): boolean {
    return request.headers.get("authorization") === `DPoP ${this.token}` && request.headers.has("dpop");
  }

  async #issue({ proofs, credential_configuration_id }: CredentialRequest): Promise<Response> {
    const authority = this.bends.cardAuthority ?? this.authority;
    const keys = proofs.jwt.map((jwt) => this.bends.holderKey ?? (decodeProtectedHeader(jwt).jwk as object));
    const { elements, mdocAnswer } = this.bends;
    if (credential_configuration_id === "document") {
      if (mdocAnswer) return mdocAnswer;
      const documents = await Promise.all(keys.map(async (key) => ({ credential: await makeMdoc(authority, key, elements ?? {}) })));
      return Response.json({ credentials: documents, notification_id: "n-2" });
    }
    const credentials = await Promise.all(keys.map(async (key) => ({ credential: await authority.card(key, { status: `${this.origin}/status/1`, ...(this.bends.claims && { claims: this.bends.claims }) }) })));
    return Response.json({ credentials, notification_id: "n-1" });
  }

  async #request(request: Request): Promise<Response> {
    const form = new URLSearchParams(await request.text());
    this.walletNonce = form.get("wallet_nonce") ?? undefined;
    const { key, certificate } = await this.#organisation();
    const payload = { ...(await this.#payload(certificate)), ...this.bends.request };
    const header = { alg: "ES256", typ: "oauth-authz-req+jwt", x5c: [certificate], ...this.bends.requestHeader };
    return new Response(await signJwt(header, payload, key), { headers: { "content-type": "application/oauth-authz-req+jwt" } });
  }

  async #payload(certificate: string) {
    const text = (words: string) => ({ en: words, ja: words, "zh-Hans": words });
    const jwk = { ...(await exportJWK(this.answerKey.publicKey)), kid: "answer-1", alg: "ECDH-ES", use: "enc" };
    const notice = { scene: "hotel-checkin-jp", version: 1, title: text("Hotel check-in"), purpose: text("Guest register"), retention_days: 1095 };
    return {
      client_id: `x509_hash:${toBase64url(await sha256(fromBase64(certificate)))}`,
      aud: "https://self-issued.me/v2",
      response_type: "vp_token",
      response_mode: "direct_post.jwt",
      response_uri: `${this.origin}/vp/responses/1`,
      nonce: `request-${token(16)}`,
      state: "state-1",
      wallet_nonce: this.walletNonce,
      iat: 1_790_000_000,
      exp: 1_999_999_999,
      dcql_query: { credentials: [{ id: "card", format: "dc+sd-jwt", meta: { vct_values: [VCT] }, claims: [{ id: "family_name", path: ["family_name"] }] }] },
      client_metadata: {
        vp_formats_supported: { "dc+sd-jwt": { "sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"] }, mso_mdoc: { issuerauth_alg_values: [-7], deviceauth_alg_values: [-7] } },
        jwks: { keys: [jwk] },
        encrypted_response_enc_values_supported: ["A256GCM", "A128GCM"],
      },
      verifier_info: [{ format: "urn:mibun:scene:1", data: notice }],
    };
  }
}

function unknownToken(): Response {
  return Response.json({ error: "invalid_token" }, { status: 401, headers: { "www-authenticate": 'DPoP error="invalid_token"' } });
}
