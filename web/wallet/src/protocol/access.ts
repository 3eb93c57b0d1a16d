import type { BoundToken } from "@mibun/api-client";
import { Oauth2Client, type RequestDpopOptions } from "@openid4vc/oauth2";
import { sha256, toBase64url, token, utf8 } from "./bytes";
import { because } from "./fault";
import { callbacks, clientOf, type FindKey, type Issuer, type ResolvedOffer } from "./issuer";
import { newKey, publicJwk, signJwt } from "./jws";

/** What the next access token is had with. */
export interface Renewal {
  refresh: string;
  /** Not extractable; the authority takes the token with a proof of this key alone. */
  key: CryptoKeyPair;
  /** As whom the first one was had, if by a name. */
  client?: string | undefined;
}

/** An access token as it can be stored. */
export interface KeptAccess {
  token: string;
  key: CryptoKeyPair;
  renewal?: Renewal | undefined;
}

interface TokenAnswer {
  access_token: string;
  refresh_token?: string | undefined;
}

/** An access token, bound to a key of this wallet (RFC 9449). */
export class Access implements BoundToken {
  private constructor(
    /** Whose token it is: the identifier of the issuer. */
    private readonly issuer: string,
    readonly token: string,
    readonly key: CryptoKeyPair,
    /** The key's signer, for the libraries of the protocol. */
    readonly dpop: RequestDpopOptions,
    /** What more copies are had with, where the authority allows that. */
    readonly renewal: Renewal | undefined,
  ) {}

  /** What the authority answered to `client`, or to a wallet without a name, that proved `key`. */
  static async of(issuer: string, answer: TokenAnswer, key: CryptoKeyPair, client?: string): Promise<Access> {
    const { access_token: token, refresh_token: refresh } = answer;
    return new Access(issuer, token, key, await dpopOf(key), refresh === undefined ? undefined : { refresh, key, client });
  }

  /** One that was stored. */
  static restored(issuer: string, { token, key, renewal }: KeptAccess): Promise<Access> {
    return Access.of(issuer, { access_token: token, refresh_token: renewal?.refresh }, key, renewal?.client);
  }

  kept(): KeptAccess {
    return { token: this.token, key: this.key, ...(this.renewal && { renewal: this.renewal }) };
  }

  async prove(method: string, address: string, nonce: string | undefined): Promise<string> {
    const header = { alg: "ES256", typ: "dpop+jwt", jwk: await publicJwk(this.key.publicKey) };
    const { origin, pathname } = new URL(address, this.issuer);
    const ath = toBase64url(await sha256(utf8(this.token)));
    const iat = Math.floor(Date.now() / 1000);
    return signJwt(header, { jti: token(16), htm: method, htu: origin + pathname, iat, ath, ...(nonce && { nonce }) }, this.key.privateKey);
  }
}

/** Redeems an offer's code, once. @throws {WalletError} */
export async function redeem({ id, offer, metadata }: ResolvedOffer, code?: string): Promise<Access> {
  const key = await newKey();
  try {
    if (!offer) throw new TypeError("a code belongs to an offer");
    const request = { credentialOffer: offer, issuerMetadata: metadata, dpop: await dpopOf(key), ...(code && { txCode: code }) };
    const { accessTokenResponse } = await clientOf(only(key)).retrievePreAuthorizedCodeAccessTokenFromOffer(request);
    return await Access.of(id, accessTokenResponse, key);
  } catch (error) {
    throw because("offer_refused", error);
  }
}

/** The next access token. What it was had with is worthless from now on, if another one came. @throws {WalletError} */
export async function renew({ id, metadata }: Issuer, { refresh, key, client: name }: Renewal): Promise<Access> {
  const [authorizationServerMetadata] = metadata.authorizationServers;
  const client = new Oauth2Client({ callbacks: callbacks(only(key), name) });
  try {
    if (!authorizationServerMetadata) throw new TypeError("the authority has no authorization server");
    const request = { authorizationServerMetadata, refreshToken: refresh, dpop: await dpopOf(key) };
    const { accessTokenResponse } = await client.retrieveRefreshTokenAccessToken(request);
    // Without another one the old one stays good (RFC 6749 section 6).
    return await Access.of(id, { ...accessTokenResponse, refresh_token: accessTokenResponse.refresh_token ?? refresh }, key, name);
  } catch (error) {
    throw because("offer_refused", error);
  }
}

export async function dpopOf({ publicKey }: CryptoKeyPair): Promise<RequestDpopOptions> {
  return { signer: { method: "jwk", alg: "ES256", publicJwk: await publicJwk(publicKey) } };
}

/** One key signs whatever is to be signed. */
export function only({ privateKey }: CryptoKeyPair): FindKey {
  return () => privateKey;
}
