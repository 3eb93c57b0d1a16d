import { Openid4vciClient, type CredentialOfferObject, type IssuerMetadataResult } from "@openid4vc/openid4vci";
import { callbacks } from "./callbacks";
import { generateKeys, type HolderKey } from "./keys";
import { offerTo, type Offer } from "./operator";

/** What an offer led to: the client of the library, and all that later requests need. */
export interface Resolved {
  client: Openid4vciClient;
  keys: HolderKey[];
  credentialOffer: CredentialOfferObject;
  issuerMetadata: IssuerMetadataResult;
  configuration: string;
}

/** Copies in a batch, the product's default. */
export const COPIES = 10;

export async function resolve(offer: Offer, keys?: HolderKey[]): Promise<Resolved> {
  const holderKeys = keys ?? (await generateKeys(COPIES));
  const client = new Openid4vciClient({ callbacks: callbacks({ keys: holderKeys }) });
  const credentialOffer = await client.resolveCredentialOffer(offer.uri);
  const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
  return { client, keys: holderKeys, credentialOffer, issuerMetadata, configuration: credentialOffer.credential_configuration_ids[0] ?? "" };
}

export async function redeem({ client, credentialOffer, issuerMetadata }: Resolved, txCode: string): Promise<string> {
  const { accessTokenResponse } = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer, issuerMetadata, txCode });
  return accessTokenResponse.access_token;
}

/** Proves every key with one nonce, a new one unless given, and asks for the cards. */
export async function fetchCards({ client, keys, issuerMetadata, configuration }: Resolved, accessToken: string, given?: string) {
  const nonce = given ?? (await client.requestNonce({ issuerMetadata })).c_nonce;
  const prove = ({ jwk }: HolderKey) =>
    client.createCredentialRequestJwtProof({ issuerMetadata, nonce, issuedAt: new Date(), credentialConfigurationId: configuration, signer: { method: "jwk", alg: "ES256", publicJwk: jwk as never } });
  const jwts = (await Promise.all(keys.map(prove))).map(({ jwt }) => jwt) as [string, ...string[]];
  const { credentialResponse } = await client.retrieveCredentials({ issuerMetadata, accessToken, credentialConfigurationId: configuration, proofs: { jwt: jwts } });
  return credentialResponse;
}

/** A copy of a card and the key it is bound to. */
export interface Copy {
  sdJwt: string;
  key: HolderKey;
}

/** All copies in an answer, in the order of the keys. */
export function copiesOf(response: Awaited<ReturnType<typeof fetchCards>>, keys: readonly HolderKey[]): Copy[] {
  return (response.credentials ?? []).map((entry, at) => {
    const key = keys[at];
    const { credential } = entry as { credential?: unknown };
    if (!key || typeof credential !== "string") throw new Error("a copy for each key, as text");
    return { sdJwt: credential, key };
  });
}

/** The whole way from the counter of the authority to the copies of a card. */
export async function collectCard(folder: string, number: string): Promise<Copy[]> {
  const offer = await offerTo(folder, number);
  const resolved = await resolve(offer);
  return copiesOf(await fetchCards(resolved, await redeem(resolved, offer.tx_code)), resolved.keys);
}
