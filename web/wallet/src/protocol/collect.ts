import { clientAuthenticationAnonymous, preAuthorizedCodeGrantIdentifier, type CallbackContext, type JwtSigner } from "@openid4vc/oauth2";
import { Openid4vciClient, type CredentialOfferObject, type IssuerMetadataResult } from "@openid4vc/openid4vci";
import type { HeldCard } from "../store/cards";
import type { Copy } from "../store/database";
import type { Certificate } from "./certificate";
import { readCardText, type CardContent } from "./card";
import { because, WalletError } from "./fault";
import { signJwt } from "./jws";
import { KeyRing } from "./key-ring";
import { fetchHere, generateRandom, hash } from "./setup";

/** An offer whose issuer has been looked up. */
export interface ResolvedOffer {
  offer: CredentialOfferObject;
  metadata: IssuerMetadataResult;
  configuration: string;
  /** Whether the authority also wants a code that it has told the person. */
  needsCode: boolean;
}

/** The stages a person sees while the card is fetched. */
export type Stage = "keys" | "asking" | "checking";

/** A card, checked and ready to be kept. Once it is kept, `accept` tells the authority so. */
export interface Collected {
  card: HeldCard;
  copies: Copy[];
  accept(): Promise<void>;
}

const MOST_COPIES = 20;

/** Looks up who offers what. @throws {WalletError} */
export async function resolveOffer(uri: string, origin: string): Promise<ResolvedOffer> {
  const client = new Openid4vciClient({ callbacks: callbacks(new KeyRing()) });
  try {
    const offer = await client.resolveCredentialOffer(sameService(uri, origin));
    if (new URL(offer.credential_issuer).origin !== origin) throw new WalletError("other_service");
    const metadata = await client.resolveIssuerMetadata(offer.credential_issuer);
    const supported = metadata.credentialIssuer.credential_configurations_supported;
    const configuration = offer.credential_configuration_ids.find((id) => supported[id]?.format === "dc+sd-jwt");
    const grant = offer.grants?.[preAuthorizedCodeGrantIdentifier];
    if (!configuration || !grant) throw new WalletError("offer_refused");
    return { offer, metadata, configuration, needsCode: grant.tx_code !== undefined };
  } catch (error) {
    throw because("offer_used", error);
  }
}

interface CollectOptions {
  /** The code that the authority told the person, where it wants one. */
  code?: string | undefined;
  anchors: readonly Certificate[];
  now: Date;
  onStage?: (stage: Stage) => void;
}

/** Fetches the offered card: as many one-time copies as the authority gives at once, each with its own key. */
export async function collect(resolved: ResolvedOffer, options: CollectOptions): Promise<Collected> {
  const { metadata, offer } = resolved;
  options.onStage?.("keys");
  const ring = await KeyRing.generate(copiesOf(metadata));
  const client = new Openid4vciClient({ callbacks: callbacks(ring) });

  options.onStage?.("asking");
  const { accessToken, answer } = await ask(client, resolved, ring, options).catch((error: unknown) => {
    throw because("offer_refused", error);
  });
  const notify = async (event: "credential_accepted" | "credential_failure") => {
    const notificationId = answer.notification_id;
    if (!notificationId || !metadata.credentialIssuer.notification_endpoint) return;
    await client.sendNotification({ issuerMetadata: metadata, accessToken, notification: { event, notificationId } });
  };

  options.onStage?.("checking");
  try {
    const texts = (answer.credentials ?? []).map((entry) => (entry as { credential?: unknown }).credential);
    const { card, copies } = await checkAll(texts, ring, options);
    return { card: { ...card, issuer: offer.credential_issuer }, copies, accept: () => notify("credential_accepted") };
  } catch (error) {
    await notify("credential_failure").catch(() => undefined);
    throw because("card_not_genuine", error);
  }
}

async function ask(client: Openid4vciClient, resolved: ResolvedOffer, ring: KeyRing, { code, now }: CollectOptions) {
  const { metadata: issuerMetadata, offer: credentialOffer, configuration: credentialConfigurationId } = resolved;
  const token = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer, issuerMetadata, ...(code && { txCode: code }) });
  const accessToken = token.accessTokenResponse.access_token;
  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata });
  const prove = (signer: JwtSigner) => client.createCredentialRequestJwtProof({ issuerMetadata, signer, nonce, issuedAt: now, credentialConfigurationId });
  const jwts = (await Promise.all(ring.signers().map(prove))).map(({ jwt }) => jwt);
  const proofs = { jwt: jwts as [string, ...string[]] };
  const { credentialResponse } = await client.retrieveCredentials({ issuerMetadata, accessToken, credentialConfigurationId, proofs });
  return { accessToken, answer: credentialResponse };
}

function copiesOf(metadata: IssuerMetadataResult): number {
  return Math.min(metadata.credentialIssuer.batch_credential_issuance?.batch_size ?? 1, MOST_COPIES);
}

/** Every copy must be the authority's, be bound to one of our keys, and say the same as the others. */
async function checkAll(texts: readonly unknown[], ring: KeyRing, { anchors, now }: CollectOptions): Promise<{ card: HeldCard; copies: Copy[] }> {
  const id = crypto.randomUUID();
  const copies: Copy[] = [];
  let first: CardContent | undefined;
  for (const text of texts) {
    if (typeof text !== "string") throw new WalletError("card_not_genuine");
    const content = await readCardText(text, anchors, now);
    copies.push({ card: id, sdJwt: text, key: ring.take(content.holderKey), status: content.status });
    first ??= content;
    if (canonical(content.claims) !== canonical(first.claims)) throw new WalletError("card_not_genuine");
  }
  if (!first) throw new WalletError("card_not_genuine");
  const card = { id, issuer: first.issuedBy, vct: first.vct, claims: first.claims, obtainedAt: Math.floor(now.getTime() / 1000), expiresAt: first.expiresAt, copiesIssued: copies.length };
  return { card, copies };
}

/** The same text for the same content: disclosures come in an order of their own in every copy. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    const isObject = typeof inner === "object" && inner !== null && !Array.isArray(inner);
    return isObject ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner;
  });
}

function callbacks(ring: KeyRing): Omit<CallbackContext, "decryptJwe" | "encryptJwe"> {
  return {
    fetch: fetchHere,
    hash,
    generateRandom,
    clientAuthentication: clientAuthenticationAnonymous(),
    async signJwt(signer, { header, payload }) {
      if (signer.method !== "jwk") throw new TypeError("only keys of this wallet sign");
      return { jwt: await signJwt(header, payload, ring.find(signer.publicJwk.x)), signerJwk: signer.publicJwk };
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
