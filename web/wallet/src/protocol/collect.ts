import { clientAuthenticationAnonymous, preAuthorizedCodeGrantIdentifier, type CallbackContext, type JwtSigner } from "@openid4vc/oauth2";
import { Openid4vciClient, type CredentialOfferObject, type IssuerMetadataResult } from "@openid4vc/openid4vci";
import type { HeldCard } from "../store/cards";
import { isKept, type Copy } from "../store/database";
import type { Certificate } from "./certificate";
import { readCardText, type CardContent } from "./card";
import { because, WalletError } from "./fault";
import type { Session } from "./holder";
import { signJwt } from "./jws";
import { KeptRing, KeyRing, type Keys } from "./key-ring";
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
  /** What the authority gave for the offer's code, see {@link redeem}. */
  accessToken: string;
  /** The holder's sign-in, for a full card; without one the keys are made here. */
  session?: Session | undefined;
  anchors: readonly Certificate[];
  now: Date;
  onStage?: (stage: Stage) => void;
}

/** Redeems an offer, once. @throws {WalletError} */
export async function redeem({ offer, metadata }: ResolvedOffer, code?: string): Promise<string> {
  const client = new Openid4vciClient({ callbacks: callbacks(new KeyRing()) });
  try {
    const request = { credentialOffer: offer, issuerMetadata: metadata, ...(code && { txCode: code }) };
    return (await client.retrievePreAuthorizedCodeAccessTokenFromOffer(request)).accessTokenResponse.access_token;
  } catch (error) {
    throw because("offer_refused", error);
  }
}

/** Fetches the offered card: as many one-time copies as the authority gives at once, each with its own key. */
export async function collect(resolved: ResolvedOffer, options: CollectOptions): Promise<Collected> {
  const { metadata, offer } = resolved;
  const { accessToken } = options;
  options.onStage?.("keys");
  const { client, proofs, keys } = await (options.session ? proveElsewhere(resolved, options, options.session) : proveHere(resolved, options));

  options.onStage?.("asking");
  const answer = await ask(client, resolved, accessToken, proofs);
  const notify = async (event: "credential_accepted" | "credential_failure") => {
    const notificationId = answer.notification_id;
    if (!notificationId || !metadata.credentialIssuer.notification_endpoint) return;
    await client.sendNotification({ issuerMetadata: metadata, accessToken, notification: { event, notificationId } });
  };

  options.onStage?.("checking");
  try {
    const texts = (answer.credentials ?? []).map((entry) => (entry as { credential?: unknown }).credential);
    const { card, copies } = await checkAll(texts, keys, options);
    return { card: { ...card, issuer: offer.credential_issuer }, copies, accept: () => notify("credential_accepted") };
  } catch (error) {
    await notify("credential_failure").catch(() => undefined);
    throw because("card_not_genuine", error);
  }
}

interface Proving {
  client: Openid4vciClient;
  proofs: string[];
  keys: Keys;
}

/** Keys of this browser, and their proofs. */
async function proveHere({ metadata: issuerMetadata, configuration: credentialConfigurationId }: ResolvedOffer, { now }: CollectOptions): Promise<Proving> {
  const keys = await KeyRing.generate(copiesOf(issuerMetadata));
  const client = new Openid4vciClient({ callbacks: callbacks(keys) });
  const nonce = await nonceOf(client, issuerMetadata);
  const prove = (signer: JwtSigner) => client.createCredentialRequestJwtProof({ issuerMetadata, signer, nonce, issuedAt: now, credentialConfigurationId });
  return { client, keys, proofs: (await Promise.all(keys.signers().map(prove))).map(({ jwt }) => jwt) };
}

/** Keys that the authority keeps, and their proofs. */
async function proveElsewhere({ metadata, offer }: ResolvedOffer, { accessToken, now }: CollectOptions, session: Session): Promise<Proving> {
  const client = new Openid4vciClient({ callbacks: callbacks(new KeyRing()) });
  const c_nonce = await nonceOf(client, metadata);
  const consent = { purpose: "credential_request_proof", credential_issuer: offer.credential_issuer, c_nonce } as const;
  const { keys, jwts } = await session.prove(accessToken, copiesOf(metadata), consent, now);
  return { client, keys: new KeptRing(keys), proofs: jwts };
}

async function nonceOf(client: Openid4vciClient, issuerMetadata: IssuerMetadataResult): Promise<string> {
  try {
    return (await client.requestNonce({ issuerMetadata })).c_nonce;
  } catch (error) {
    throw because("offer_refused", error);
  }
}

async function ask(client: Openid4vciClient, { metadata: issuerMetadata, configuration: credentialConfigurationId }: ResolvedOffer, accessToken: string, jwts: string[]) {
  try {
    const proofs = { jwt: jwts as [string, ...string[]] };
    return (await client.retrieveCredentials({ issuerMetadata, accessToken, credentialConfigurationId, proofs })).credentialResponse;
  } catch (error) {
    throw because("offer_refused", error);
  }
}

function copiesOf(metadata: IssuerMetadataResult): number {
  return Math.min(metadata.credentialIssuer.batch_credential_issuance?.batch_size ?? 1, MOST_COPIES);
}

/** Every copy must be the authority's, be bound to one of the holder's keys, and say the same as the others. */
async function checkAll(texts: readonly unknown[], keys: Keys, { anchors, now }: CollectOptions): Promise<{ card: HeldCard; copies: Copy[] }> {
  const id = crypto.randomUUID();
  const copies: Copy[] = [];
  let first: CardContent | undefined;
  for (const text of texts) {
    if (typeof text !== "string") throw new WalletError("card_not_genuine");
    const content = await readCardText(text, anchors, now);
    copies.push({ card: id, sdJwt: text, key: keys.take(content.holderKey), status: content.status });
    first ??= content;
    if (canonical(content.claims) !== canonical(first.claims)) throw new WalletError("card_not_genuine");
  }
  if (!first) throw new WalletError("card_not_genuine");
  const card = { id, issuer: first.issuedBy, vct: first.vct, claims: first.claims, obtainedAt: Math.floor(now.getTime() / 1000), expiresAt: first.expiresAt, copiesIssued: copies.length };
  const key = copies[0]?.key;
  if (key && isKept(key)) return { card: { ...card, person: key.person }, copies };
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
