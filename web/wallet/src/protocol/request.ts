import { Oauth2Error, Oauth2ErrorCodes, Oauth2ServerErrorResponseError } from "@openid4vc/oauth2";
import { Openid4vpClient, type Openid4vpAuthorizationRequest } from "@openid4vc/openid4vp";
import { ALGORITHMS } from "./algorithms";
import { textWithin } from "./bounded";
import { sha256, toBase64url, token } from "./bytes";
import type { Certificate } from "./certificate";
import { PURPOSE } from "./chain";
import { readContent, type Content } from "./content";
import { because, RequestRefused, WalletError, type Asker, type Fault } from "./fault";
import { verifySigned, type Signed } from "./jws";
import { encryptJwe, fetchHere, hash } from "./setup";
import { matchingWords, type MatchingWords } from "./words";

/** A request that may be shown: its asker is known, and its object is what the link promised. */
export interface VerifiedRequest extends Content {
  /** As it was signed. */
  object: string;
  /** Seconds since the epoch. */
  expiresAt: number | undefined;
  payload: Openid4vpAuthorizationRequest;
  /** The audience of the key binding. */
  clientId: string;
  /** From the access certificate; the asker cannot choose it. */
  organisation: string;
  words: MatchingWords;
}

const METADATA = {
  vp_formats_supported: ALGORITHMS,
  client_id_prefixes_supported: ["x509_hash"],
  request_object_signing_alg_values_supported: ["ES256"],
};

/** Bytes of a request, as the wallet of the command line has it. */
const LONGEST = 64 * 1024;

/** Under which nonce a request was fetched before, and what was fetched, if anything was. */
export interface Earlier {
  nonce: string;
  object?: string | undefined;
}

/**
 * Follows a request link, or goes on with what it led to `earlier`, and makes sure of who asks.
 *
 * @throws {RequestRefused} with who asks, where the request is authentic and cannot be answered.
 * @throws {WalletError} for everything else.
 */
export async function resolveRequest(link: string, origin: string, anchors: readonly Certificate[], now: Date, earlier: Earlier = { nonce: token(16) }): Promise<VerifiedRequest> {
  const parameters = new URL(link).searchParams;
  mustBeOurs(parameters, origin);
  const { nonce } = earlier;
  const fetching = new RequestFetch(earlier);
  let signed: Signed | undefined;
  const client = reader(fetching.fetch, async (message) => {
    signed = await verifySigned(message, "oauth-authz-req+jwt", { anchors, purpose: PURPOSE.accessCertificate, now });
  });
  const isPost = parameters.get("request_uri_method") === "post";
  const wallet = isPost ? { nonce, expectedNonce: nonce, metadata: METADATA as never } : {};
  const [resolved] = await Promise.allSettled([client.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: Object.fromEntries(parameters) as never, wallet })]);
  const failure: unknown = resolved.status === "rejected" ? resolved.reason : undefined;
  if (fetching.failure) throw fetching.failure;
  const asker = signed && (await askerOf(signed, parameters, { origin, ...(isPost && { nonce }) }));
  if (!signed || !asker) throw because("request_not_genuine", failure);
  try {
    const content = readContent(signed.payload, anchors);
    if (resolved.status === "rejected") throw isAboutRequest(failure) ? new RequestRefused("request_unsupported", "invalid_request", { cause: failure }) : because("failed_here", failure);
    const { client: known, authorizationRequestPayload: payload } = resolved.value;
    return {
      ...content,
      object: fetching.object,
      expiresAt: signed.payload.exp,
      payload: payload as Openid4vpAuthorizationRequest,
      clientId: known.effective,
      organisation: asker.organisation,
      words: await matchingWords(content.nonce, isPost ? nonce : ""),
    };
  } catch (error) {
    throw error instanceof RequestRefused ? error.of(asker) : error;
  }
}

/** Whether the library finds fault with the request, which its asker hears; anything else is a mishap of this page. */
function isAboutRequest(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // The library's own class for what fails validation is not exported.
  if ("zodError" in error) return true;
  const isOurs = error instanceof Oauth2ServerErrorResponseError && error.errorResponse.error === Oauth2ErrorCodes.ServerError;
  return error instanceof Oauth2Error && !isOurs && (error.cause === undefined || isAboutRequest(error.cause));
}

/** The library, for reading requests alone. */
function reader(fetch: typeof globalThis.fetch, verify: (message: string) => Promise<void>): Openid4vpClient {
  return new Openid4vpClient({
    callbacks: {
      hash,
      encryptJwe,
      fetch,
      signJwt: refuse,
      decryptJwe: () => ({ decrypted: false }),
      getX509CertificateMetadata: () => ({ sanDnsNames: [], sanUriNames: [] }),
      async verifyJwt(claimed, { compact }) {
        if (claimed.method !== "x5c") return { verified: false };
        await verify(compact);
        return { verified: true, signerJwk: { kty: "EC" } };
      },
    },
  });
}

/**
 * Who asks, where the request is authentic: in the name of the certificate that it is signed with, the one that the link
 * promised, made for this wallet's nonce, and to be answered here. Nobody else is told anything.
 */
async function askerOf({ payload, signer }: Signed, link: URLSearchParams, { origin, nonce }: { origin: string; nonce?: string }): Promise<Asker | undefined> {
  const clientId = `x509_hash:${toBase64url(await sha256(signer.der))}`;
  const { client_id: named, response_uri: uri, state, wallet_nonce: returned, exp } = payload;
  const isNamed = signer.holder !== undefined && named === clientId && link.get("client_id") === clientId;
  const isOurs = nonce === undefined || returned === nonce;
  if (!isNamed || !isOurs || typeof uri !== "string" || !URL.canParse(uri) || new URL(uri).origin !== origin) return undefined;
  return { organisation: signer.holder, responseUri: uri, state: typeof state === "string" ? state : undefined, expiresAt: exp };
}

/** The request must lie on this service: the page may talk to no other. */
function mustBeOurs(parameters: URLSearchParams, origin: string): void {
  const reference = parameters.get("request_uri") ?? "";
  if (!URL.canParse(reference)) throw new WalletError("unknown_code");
  if (new URL(reference).origin !== origin) throw new WalletError("other_service");
  // Before the request is fetched there is nobody to tell (`invalid_request_uri_method`).
  const isKnownMethod = ["get", "post"].includes(parameters.get("request_uri_method") ?? "get");
  if (!isKnownMethod || !parameters.get("client_id")?.startsWith("x509_hash:")) throw new WalletError("request_unsupported");
}

/**
 * Fetches the request object. Where it is fetched by POST, the body is written here, because the library sends the
 * wallet's metadata as loose fields and leaves the wallet's nonce out. It also hides why a fetch failed, so that is
 * kept here.
 */
class RequestFetch {
  failure: WalletError | undefined;
  object = "";

  constructor(private readonly earlier: Earlier) {}

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    try {
      return await this.#fetch(input, init);
    } catch (error) {
      this.failure = because("offline", error);
      throw error;
    }
  };

  async #fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const { nonce, object } = this.earlier;
    this.object = object ?? (await this.#send(input, init, nonce));
    return new Response(this.object, { headers: { "content-type": "application/oauth-authz-req+jwt" } });
  }

  async #send(input: RequestInfo | URL, init: RequestInit | undefined, nonce: string): Promise<string> {
    const isPost = init?.method?.toLowerCase() === "post";
    const body = isPost ? new URLSearchParams({ wallet_metadata: JSON.stringify(METADATA), wallet_nonce: nonce }) : null;
    const response = await fetchHere(input, { ...init, method: isPost ? "POST" : "GET", body });
    if (!response.ok) throw new WalletError(await faultOf(response));
    return textWithin(LONGEST, response, "request_unsupported");
  }
}

async function faultOf(response: Response): Promise<Fault> {
  if (response.status >= 500 || response.status === 429) return "busy";
  const body: unknown = await textWithin(LONGEST, response).then(JSON.parse).catch(() => undefined);
  const reason = (body as { error_description?: unknown } | undefined)?.error_description;
  return typeof reason === "string" && reason.includes("another wallet") ? "request_taken" : "request_expired";
}

function refuse(): never {
  throw new TypeError("nothing is signed while a request is read");
}
