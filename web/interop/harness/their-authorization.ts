import { randomBytes } from "node:crypto";
import { Oauth2AuthorizationServer, Oauth2ServerErrorResponseError, PkceCodeChallengeMethod, pushedAuthorizationRequestUriPrefix, type AuthorizationServerMetadata, type CallbackContext, type Jwk } from "@openid4vc/oauth2";
import { decodeJwt } from "jose";
import { form, type Desk, type Incoming } from "./serve";
import { Clients, type AttestationProfile } from "./their-clients";
import type { HolderKey } from "./keys";

/** What the authorization server does as the test wants it. */
export interface AuthorizationManner {
  /** The form of attestations; in `latest`, the challenge is given only where it was missing. */
  profile: AttestationProfile;
  /** Changes what the browser is sent back with. */
  back: (answer: URLSearchParams) => void;
}

/** What a code or a refresh token stands for. */
interface Grant {
  client: string;
  scope?: string;
  jkt?: string;
  pushed?: { challenge: string; redirectUri: string; state: string };
}

type Parsed = ReturnType<Oauth2AuthorizationServer["parseAccessTokenRequest"]>;
type Bound = { jwk: Jwk; jwkThumbprint: string } | undefined;

export const random = (): string => randomBytes(16).toString("base64url");
const PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

/** An authorization server made of @openid4vc/oauth2. It asks nobody anything: who opens its page is sent straight back. */
export class TheirAuthorizationServer {
  /** Codes that a person was given, with the digits that go with them. */
  readonly preAuthorized = new Map<string, string | undefined>();
  /** `issuer_state` of each pushed request. */
  readonly offersFollowed: (string | undefined)[] = [];
  readonly #server: Oauth2AuthorizationServer;
  readonly #clients: Clients;
  readonly #requests = new Map<string, Grant>();
  readonly #codes = new Map<string, Grant>();
  readonly #refreshes = new Map<string, Grant>();
  readonly #challenge = random();
  #nonce = random();

  /** Under the address `origin`, with the key of its tokens; they are for `audience`. */
  constructor(
    private readonly origin: string,
    private readonly audience: string,
    private readonly key: HolderKey,
    callbacks: CallbackContext,
    private readonly manner: () => AuthorizationManner,
  ) {
    this.#server = new Oauth2AuthorizationServer({ callbacks });
    this.#clients = new Clients(callbacks);
  }

  get metadata(): AuthorizationServerMetadata {
    const at = (path: string) => `${this.origin}/${path}`;
    return this.#server.createAuthorizationServerMetadata({
      issuer: this.origin,
      authorization_endpoint: at("authorize"),
      pushed_authorization_request_endpoint: at("par"),
      token_endpoint: at("token"),
      jwks_uri: at("jwks"),
      require_pushed_authorization_requests: true,
      authorization_response_iss_parameter_supported: true,
      grant_types_supported: ["authorization_code", "refresh_token", PRE_AUTHORIZED],
      code_challenge_methods_supported: ["S256"],
      dpop_signing_alg_values_supported: ["ES256"],
      token_endpoint_auth_methods_supported: ["attest_jwt_client_auth"],
      "pre-authorized_grant_anonymous_access_supported": true,
      ...(this.manner().profile === "haip-1.0" && { challenge_endpoint: at("challenge") }),
    });
  }

  get desks(): Record<string, Desk> {
    return {
      "/.well-known/oauth-authorization-server": () => Response.json(this.metadata),
      "/jwks": () => Response.json({ keys: [this.key.jwk] }),
      "/challenge": () => Response.json({ attestation_challenge: this.#challenge }),
      "/par": (request) => this.#challenging(() => this.#push(request)),
      "/authorize": (request) => this.#authorize(new URL(request.url).searchParams),
      "/token": (request) => this.#challenging(() => this.#token(request)),
    };
  }

  /** Ends every refresh token. */
  withdraw(): void {
    this.#refreshes.clear();
  }

  async #push(request: Incoming): Promise<Response> {
    const parsed = await this.#server.parsePushedAuthorizationRequest({ authorizationRequest: await form(request), request });
    const { authorizationRequest: pushed } = parsed;
    const client = await this.#client(parsed.clientAttestation, pushed.client_id);
    const { dpop } = await this.#server.verifyPushedAuthorizationRequest({ authorizationRequest: pushed, authorizationServerMetadata: this.metadata, request, dpop: { required: true, ...parsed.dpop } });
    const { code_challenge: challenge = "", redirect_uri: redirectUri = "", state = "", scope, issuer_state: issuerState } = pushed;
    if (pushed.response_type !== "code" || pushed.code_challenge_method !== "S256" || !challenge || !redirectUri || !state || !scope) throw refuse("invalid_request");
    const requestUri = pushedAuthorizationRequestUriPrefix + random();
    this.offersFollowed.push(issuerState);
    this.#requests.set(requestUri, { client, scope, ...(dpop && { jkt: dpop.jwkThumbprint }), pushed: { challenge, redirectUri, state } });
    const { pushedAuthorizationResponse } = this.#server.createPushedAuthorizationResponse({ requestUri, expiresInSeconds: 60 });
    return Response.json(pushedAuthorizationResponse, { status: 201 });
  }

  #authorize(query: URLSearchParams): Response {
    const grant = taken(this.#requests, query.get("request_uri"));
    if (!grant?.pushed || query.get("client_id") !== grant.client || query.size !== 2) throw refuse("invalid_request");
    const code = random();
    this.#codes.set(code, grant);
    const answer = new URLSearchParams({ code, state: grant.pushed.state, iss: this.origin });
    this.manner().back(answer);
    return new Response(null, { status: 302, headers: { location: `${grant.pushed.redirectUri}?${answer}` } });
  }

  async #token(request: Incoming): Promise<Response> {
    const parsed = this.#server.parseAccessTokenRequest({ accessTokenRequest: await form(request), request });
    const isAnonymous = parsed.grant.grantType === PRE_AUTHORIZED && !parsed.clientAttestation;
    if (!isAnonymous) await this.#client(parsed.clientAttestation, parsed.accessTokenRequest["client_id"] as string | undefined);
    if (parsed.dpop && decodeJwt(parsed.dpop.jwt)["nonce"] !== this.#nonce) {
      this.#nonce = random();
      return Response.json({ error: "use_dpop_nonce" }, { status: 400, headers: { "dpop-nonce": this.#nonce } });
    }
    const { grant, dpop } = await this.#redeemed(parsed, request);
    const refreshToken = isAnonymous ? undefined : random();
    if (refreshToken) this.#refreshes.set(refreshToken, grant);
    const signer = { method: "jwk", alg: "ES256", publicJwk: this.key.jwk } as const;
    const token = { audience: this.audience, authorizationServer: this.origin, clientId: grant.client, subject: "somebody", expiresInSeconds: 300, signer };
    const more = { ...(grant.scope && { scope: grant.scope }), ...(dpop && { dpop: { jwk: dpop.jwk } }), ...(refreshToken && { refreshToken }) };
    const response = await this.#server.createAccessTokenResponse({ ...token, ...more });
    return Response.json(response, { headers: { "cache-control": "no-store" } });
  }

  /** What the request is for, once the library has verified it. A code or refresh token is used up by that. */
  async #redeemed(parsed: Parsed, request: Incoming): Promise<{ grant: Grant; dpop: Bound }> {
    const { grant, accessTokenRequest } = parsed;
    const common = { accessTokenRequest, authorizationServerMetadata: this.metadata, request };
    if (grant.grantType === PRE_AUTHORIZED) {
      const known = this.preAuthorized.has(grant.preAuthorizedCode) ? grant.preAuthorizedCode : "";
      const txCode = this.preAuthorized.get(known);
      const { dpop } = await this.#server.verifyPreAuthorizedCodeAccessTokenRequest({ ...common, grant, expectedPreAuthorizedCode: known, ...(txCode && { expectedTxCode: txCode }), ...(parsed.dpop && { dpop: parsed.dpop }) });
      this.preAuthorized.delete(known);
      return { grant: { client: "anybody" }, dpop };
    }
    const isCode = grant.grantType === "authorization_code";
    const stored = isCode ? taken(this.#codes, grant.code) : taken(this.#refreshes, grant.refreshToken);
    if (!stored) throw refuse("invalid_grant");
    const dpop = { required: true, ...parsed.dpop, ...(stored.jkt && { expectedJwkThumbprint: stored.jkt }) };
    if (!isCode) return { grant: stored, dpop: (await this.#server.verifyRefreshTokenAccessTokenRequest({ ...common, grant, dpop, expectedRefreshToken: grant.refreshToken })).dpop };
    if (!stored.pushed || accessTokenRequest.redirect_uri !== stored.pushed.redirectUri) throw refuse("invalid_grant");
    const pkce = { codeChallenge: stored.pushed.challenge, codeChallengeMethod: PkceCodeChallengeMethod.S256, codeVerifier: parsed.pkceCodeVerifier ?? "" };
    return { grant: stored, dpop: (await this.#server.verifyAuthorizationCodeAccessTokenRequest({ ...common, grant, dpop, pkce, expectedCode: grant.code })).dpop };
  }

  #client(sent: Parameters<Clients["verify"]>[0], clientId: string | undefined): Promise<string> {
    return this.#clients.verify(sent, { issuer: this.origin, profile: this.manner().profile, clientId, challenge: this.#challenge });
  }

  /** Gives the challenge where a proof had none, as draft -07 section 6.2 and later ones have it. */
  async #challenging(answer: () => Promise<Response>): Promise<Response> {
    try {
      return await answer();
    } catch (error) {
      if (!(error instanceof Oauth2ServerErrorResponseError) || error.errorResponse.error !== "use_attestation_challenge") throw error;
      return Response.json(error.errorResponse, { status: 400, headers: { "oauth-client-attestation-challenge": this.#challenge } });
    }
  }
}

function refuse(error: string): Oauth2ServerErrorResponseError {
  return new Oauth2ServerErrorResponseError({ error });
}

function taken<T>(from: Map<string, T>, name: string | null): T | undefined {
  const found = from.get(name ?? "");
  from.delete(name ?? "");
  return found;
}
