import { authorizationCodeGrantIdentifier, clientAuthenticationAnonymous, clientAuthenticationNone, preAuthorizedCodeGrantIdentifier, type CallbackContext } from "@openid4vc/oauth2";
import { Openid4vciClient, type CredentialOfferObject, type IssuerMetadataResult } from "@openid4vc/openid4vci";
import { sealingOf, type Sealing } from "./envelope";
import { because, WalletError } from "./fault";
import { signJwt } from "./jws";
import type { CardFormat } from "./query";
import { fetchHere, generateRandom, hash } from "./setup";

/** An issuer as it describes itself, and under which names it has its card. */
export interface Issuer {
  id: string;
  metadata: IssuerMetadataResult;
  configurations: { "dc+sd-jwt": string } & Partial<Record<CardFormat, string>>;
  /** How requests for cards are encrypted, and their answers. */
  sealing?: Sealing | undefined;
}

/** An offer whose issuer has been looked up. */
export interface ResolvedOffer extends Issuer {
  /** None where the person named the card to the authority themselves. */
  offer?: CredentialOfferObject | undefined;
  /** How the card is had: with the offer's code, or from the page on which the person says that this wallet may have it. */
  way: "code" | "page";
  /** Whether the authority also wants a code that it has told the person. */
  needsCode: boolean;
}

/** Looks up who offers what. @throws {WalletError} */
export async function resolveOffer(uri: string, origin: string): Promise<ResolvedOffer> {
  const client = clientOf();
  try {
    const offer = await client.resolveCredentialOffer(sameService(uri, origin));
    const issuer = await issuerOf(offer.credential_issuer, origin, offer.credential_configuration_ids);
    const grant = offer.grants?.[preAuthorizedCodeGrantIdentifier];
    if (grant) return { ...issuer, offer, way: "code", needsCode: grant.tx_code !== undefined };
    if (!offer.grants?.[authorizationCodeGrantIdentifier]) throw new WalletError("offer_refused");
    return { ...issuer, offer, way: "page", needsCode: false };
  } catch (error) {
    throw because("offer_used", error);
  }
}

/** Looks up an issuer, and what it has of what is `offered`. @throws {WalletError} */
export async function issuerOf(id: string, origin: string, offered?: readonly string[]): Promise<Issuer> {
  if (!URL.canParse(id) || new URL(id).origin !== origin) throw new WalletError("other_service");
  const metadata = await clientOf().resolveIssuerMetadata(id).catch((error: unknown) => {
    throw because("offer_refused", error);
  });
  const supported = metadata.credentialIssuer.credential_configurations_supported;
  const named = (format: CardFormat) => (offered ?? Object.keys(supported)).find((name) => supported[name]?.format === format);
  const [sdJwt, mdoc] = [named("dc+sd-jwt"), named("mso_mdoc")];
  if (!sdJwt) throw new WalletError("offer_refused");
  const sealing = sealingOf(metadata.credentialIssuer);
  return { id, metadata, configurations: { "dc+sd-jwt": sdJwt, ...(mdoc && { mso_mdoc: mdoc }) }, ...(sealing && { sealing }) };
}

/** The key with this coordinate, which signs for the wallet. */
export type FindKey = (x: string | undefined) => CryptoKey;

/** A client of the protocol; as `id`, or without a name. */
export function clientOf(find?: FindKey, id?: string): Openid4vciClient {
  return new Openid4vciClient({ callbacks: callbacks(find, id) });
}

/** What the libraries of the protocol leave to the wallet. */
export function callbacks(find?: FindKey, id?: string): Omit<CallbackContext, "decryptJwe" | "encryptJwe"> {
  return {
    fetch: fetchHere,
    hash,
    generateRandom,
    clientAuthentication: id === undefined ? clientAuthenticationAnonymous() : clientAuthenticationNone({ clientId: id }),
    async signJwt(signer, { header, payload }) {
      if (signer.method !== "jwk" || !find) throw new TypeError("only keys of this wallet sign");
      return { jwt: await signJwt(header, payload, find(signer.publicJwk.x)), signerJwk: signer.publicJwk };
    },
    verifyJwt: () => ({ verified: false }),
  };
}

/** Offers of other services cannot be fetched from this page, and should not be. */
function sameService(uri: string, origin: string): string {
  const reference = new URL(uri).searchParams.get("credential_offer_uri");
  if (reference && (!URL.canParse(reference) || new URL(reference).origin !== origin)) throw new WalletError("other_service");
  return uri;
}
