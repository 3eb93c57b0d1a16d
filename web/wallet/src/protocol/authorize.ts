import { authorizationCodeGrantIdentifier, Oauth2Client } from "@openid4vc/oauth2";
import { Access, dpopOf, only } from "./access";
import { token } from "./bytes";
import { because, WalletError } from "./fault";
import { callbacks, type Issuer, type ResolvedOffer } from "./issuer";
import { newKey } from "./jws";

/** A question to the authority's page that was not answered yet. Kept while the browser is there. */
export interface Asking {
  state: string;
  /** What only whoever asked can say (RFC 7636). */
  verifier: string;
  /** Not extractable; the token will be bound to it. */
  key: CryptoKeyPair;
  /** Seconds since the epoch; nobody answers after that. */
  until: number;
}

/** The authority gives the person five minutes, and its code one. */
const LIMIT_S = 600;

/** The page's answer, as it stands in the address that the browser came back with. */
export interface PageAnswer {
  state: string;
  code?: string | undefined;
  error?: string | undefined;
  iss?: string | undefined;
}

/** The page's answer in the parameters of an address, if there is one. */
export function pageAnswer(parameters: URLSearchParams): PageAnswer | undefined {
  const [state, code, error, iss] = ["state", "code", "error", "iss"].map((name) => parameters.get(name) ?? undefined);
  return state !== undefined && (code !== undefined || error !== undefined) ? { state, code, error, iss } : undefined;
}

/** Asks the authority for the page on which the person says that this wallet may have the card. @throws {WalletError} */
export async function askPage(issuer: ResolvedOffer): Promise<{ page: string; asking: Asking }> {
  const asking: Asking = { state: token(16), verifier: token(32), key: await newKey(), until: Math.floor(Date.now() / 1000) + LIMIT_S };
  const client = new Oauth2Client({ callbacks: callbacks(only(asking.key), clientIdOf(issuer)) });
  const issuer_state = issuer.offer?.grants?.[authorizationCodeGrantIdentifier]?.issuer_state;
  try {
    const { authorizationRequestUrl } = await client.createAuthorizationRequestUrl({
      authorizationServerMetadata: serverOf(issuer),
      clientId: clientIdOf(issuer),
      redirectUri: clientIdOf(issuer),
      scope: scopesOf(issuer),
      state: asking.state,
      pkceCodeVerifier: asking.verifier,
      dpop: await dpopOf(asking.key),
      ...(issuer_state && { additionalRequestPayload: { issuer_state } }),
    });
    return { page: authorizationRequestUrl, asking };
  } catch (error) {
    throw because("offer_refused", error);
  }
}

/** Redeems the page's answer, once. @throws {WalletError} `not_asked` for an answer to somebody else's question. */
export async function redeemAnswer(issuer: Issuer, asking: Asking | undefined, { state, code, error, iss }: PageAnswer): Promise<Access> {
  const authorizationServerMetadata = serverOf(issuer);
  if (!asking || asking.state !== state || iss !== issuer.id) throw new WalletError("not_asked");
  if (!code) throw new WalletError(error === "access_denied" ? "not_allowed" : "offer_refused");
  const client = new Oauth2Client({ callbacks: callbacks(only(asking.key), clientIdOf(issuer)) });
  try {
    const request = { authorizationServerMetadata, authorizationCode: code, pkceCodeVerifier: asking.verifier, redirectUri: clientIdOf(issuer), dpop: await dpopOf(asking.key) };
    const { accessTokenResponse } = await client.retrieveAuthorizationCodeAccessToken(request);
    return await Access.of(issuer.id, accessTokenResponse, asking.key, clientIdOf(issuer));
  } catch (error) {
    throw because("offer_refused", error);
  }
}

/** The authority knows its own wallet by the address of its page, and answers nowhere else. */
function clientIdOf({ id }: Issuer): string {
  return `${id.replace(/\/$/, "")}/wallet/`;
}

function serverOf({ metadata }: Issuer): Issuer["metadata"]["authorizationServers"][number] {
  const [server] = metadata.authorizationServers;
  if (!server) throw new WalletError("offer_refused");
  return server;
}

function scopesOf({ metadata, configurations }: Issuer): string {
  const supported = metadata.credentialIssuer.credential_configurations_supported;
  const scopes = Object.values(configurations).map((name) => (supported[name] as { scope?: string } | undefined)?.scope);
  return scopes.filter((scope) => scope !== undefined).join(" ");
}
