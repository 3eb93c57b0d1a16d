import type { JwtSigner } from "@openid4vc/oauth2";
import type { IssuerMetadataResult, Openid4vciClient } from "@openid4vc/openid4vci";
import type { HeldCard } from "../store/cards";
import { isKept, type Copy } from "../store/database";
import type { Access, Renewal } from "./access";
import { readCardText, type CardContent, type Claims } from "./card";
import type { Certificate } from "./certificate";
import { because, WalletError, type Fault } from "./fault";
import type { Session } from "./holder";
import { clientOf, type FindKey, type Issuer } from "./issuer";
import { KeptRing, KeyRing, type Keys } from "./key-ring";
import type { MdocContent } from "./mdoc/document";
import type { CardFormat } from "./query";

/** The stages a person sees while the card is fetched. */
export type Stage = "keys" | "asking" | "checking";

/** A card, checked and ready to be kept. Once it is kept, `accept` tells the authority so. */
export interface Collected {
  card: HeldCard;
  copies: Copy[];
  accept(): Promise<void>;
}

const MOST_COPIES = 20;

/** What somebody between the authority and this wallet must have done. */
const NOT_THEIRS: readonly Fault[] = ["card_not_genuine", "signed_otherwise"];

interface CollectOptions {
  access: Access;
  /** The holder's sign-in, for a full card; without one the keys are made here. */
  session?: Session | undefined;
  anchors: readonly Certificate[];
  now: Date;
  onStage?: (stage: Stage) => void;
}

/**
 * Fetches the card in both formats: of each as many one-time copies as the authority gives at once, each with its own key.
 * A card whose second format cannot be had now is worth having all the same.
 *
 * @throws {WalletError}
 */
export async function collect(issuer: Issuer, options: CollectOptions): Promise<Collected> {
  const id = crypto.randomUUID();
  const asked = new Asked(issuer, options, id);
  try {
    const first = await asked.fetch("dc+sd-jwt");
    const second = await asked.fetchBeside("mso_mdoc", first);
    const card = cardOf(id, issuer, { first, second, ...options });
    return { card, copies: [...first.copies, ...(second?.copies ?? [])], accept: () => asked.tell("credential_accepted") };
  } catch (error) {
    await asked.tell("credential_failure").catch(() => undefined);
    throw error;
  }
}

/** The copies of one format. */
interface Batch {
  content: CardContent | MdocContent;
  copies: Copy[];
}

interface Proving {
  client: Openid4vciClient;
  proofs: string[];
  keys: Keys;
}

/** What was asked of the issuer so far. */
class Asked {
  /** By which the issuer is told what has become of its answers. */
  readonly #notifications: string[] = [];

  constructor(
    private readonly issuer: Issuer,
    private readonly options: CollectOptions,
    private readonly card: string,
  ) {}

  async fetch(format: CardFormat): Promise<Batch> {
    const { onStage } = this.options;
    onStage?.("keys");
    const proving = await this.#prove(format);
    onStage?.("asking");
    const texts = await this.#ask(format, proving);
    onStage?.("checking");
    try {
      return await this.#check(format, texts, proving.keys);
    } catch (error) {
      throw because("card_not_genuine", error);
    }
  }

  /** The same card in another format, where the issuer has it; it must not say anything else. */
  async fetchBeside(format: CardFormat, first: Batch): Promise<Batch | undefined> {
    if (!this.issuer.configurations[format]) return undefined;
    const batch = await this.fetch(format).catch((error: unknown) => {
      if (error instanceof WalletError && NOT_THEIRS.includes(error.fault)) throw error;
      return undefined;
    });
    if (batch && !isSaidBy(batch.content.claims, first.content.claims)) throw new WalletError("card_not_genuine");
    return batch;
  }

  async tell(event: "credential_accepted" | "credential_failure"): Promise<void> {
    const { issuer, options } = this;
    if (!issuer.metadata.credentialIssuer.notification_endpoint) return;
    const { token, dpop } = options.access;
    const client = clientOf(this.#find());
    const sent = this.#notifications.map((notificationId) => client.sendNotification({ issuerMetadata: issuer.metadata, accessToken: token, dpop, notification: { event, notificationId } }));
    await Promise.all(sent);
  }

  /** The key that the token is bound to signs beside the `keys` of copies. */
  #find(keys?: KeyRing): FindKey {
    const { privateKey } = this.options.access.key;
    const own = this.options.access.dpop.signer.publicJwk.x;
    return (x) => (x === own ? privateKey : keys ? keys.find(x) : privateKey);
  }

  #prove(format: CardFormat): Promise<Proving> {
    const { session } = this.options;
    return session ? this.#proveElsewhere(session) : this.#proveHere(this.#configuration(format));
  }

  #configuration(format: CardFormat): string {
    const name = this.issuer.configurations[format];
    if (!name) throw new WalletError("offer_refused");
    return name;
  }

  /** Keys of this browser, and their proofs. */
  async #proveHere(credentialConfigurationId: string): Promise<Proving> {
    const { metadata: issuerMetadata } = this.issuer;
    const keys = await KeyRing.generate(copiesOf(issuerMetadata));
    const client = clientOf(this.#find(keys));
    const nonce = await nonceOf(client, issuerMetadata);
    const prove = (signer: JwtSigner) => client.createCredentialRequestJwtProof({ issuerMetadata, signer, nonce, issuedAt: this.options.now, credentialConfigurationId });
    return { client, keys, proofs: (await Promise.all(keys.signers().map(prove))).map(({ jwt }) => jwt) };
  }

  /** Keys that the authority keeps, and their proofs. */
  async #proveElsewhere(session: Session): Promise<Proving> {
    const { id, metadata } = this.issuer;
    const { access, now } = this.options;
    const client = clientOf(this.#find());
    const c_nonce = await nonceOf(client, metadata);
    const consent = { purpose: "credential_request_proof", credential_issuer: id, c_nonce } as const;
    const { keys, jwts } = await session.prove(access, copiesOf(metadata), consent, now);
    return { client, keys: new KeptRing(keys), proofs: jwts };
  }

  async #ask(format: CardFormat, { client, proofs: jwts }: Proving): Promise<unknown[]> {
    const { token, dpop } = this.options.access;
    try {
      const proofs = { jwt: jwts as [string, ...string[]] };
      const request = { issuerMetadata: this.issuer.metadata, accessToken: token, dpop, credentialConfigurationId: this.#configuration(format), proofs };
      const { credentialResponse: answer } = await client.retrieveCredentials(request);
      // An officer has to decide first (OpenID4VCI 1.0 section 9). Pages are closed meanwhile: the card is offered anew then.
      if (answer.transaction_id !== undefined) throw new WalletError("not_ready");
      if (answer.notification_id) this.#notifications.push(answer.notification_id);
      return (answer.credentials ?? []).map((entry) => (entry as { credential?: unknown }).credential);
    } catch (error) {
      throw because("offer_refused", error);
    }
  }

  /** Every copy must be the authority's, be bound to one of the holder's keys, and say the same as the others. */
  async #check(format: CardFormat, texts: readonly unknown[], keys: Keys): Promise<Batch> {
    const { anchors, now } = this.options;
    const copies: Copy[] = [];
    let first: CardContent | MdocContent | undefined;
    for (const text of texts) {
      if (typeof text !== "string") throw new WalletError("card_not_genuine");
      const content = await (format === "mso_mdoc" ? readMdoc(text, anchors, now) : readCardText(text, anchors, now));
      const held = format === "mso_mdoc" ? { mdoc: text } : { sdJwt: text };
      copies.push({ card: this.card, ...held, key: keys.take(content.holderKey), status: content.status });
      first ??= content;
      if (canonical(content.claims) !== canonical(first.claims)) throw new WalletError("card_not_genuine");
    }
    if (!first) throw new WalletError("card_not_genuine");
    return { content: first, copies };
  }
}

/** The reader of documents is fetched when there is one. */
async function readMdoc(text: string, anchors: readonly Certificate[], now: Date): Promise<MdocContent> {
  return (await import("./mdoc/document")).readMdocText(text, anchors, now);
}

function cardOf(id: string, issuer: Issuer, { first, second, access, now }: { first: Batch; second: Batch | undefined; access: Access; now: Date }): HeldCard {
  const content = first.content as CardContent;
  const renewal: Renewal | undefined = access.renewal;
  const key = first.copies[0]?.key;
  return {
    id,
    issuer: issuer.id,
    vct: content.vct,
    ...(second && { doctype: (second.content as MdocContent).doctype }),
    claims: content.claims,
    obtainedAt: Math.floor(now.getTime() / 1000),
    expiresAt: content.expiresAt,
    copiesIssued: first.copies.length,
    ...(key && isKept(key) && { person: key.person }),
    ...(renewal && { renewal }),
  };
}

async function nonceOf(client: Openid4vciClient, issuerMetadata: IssuerMetadataResult): Promise<string> {
  try {
    return (await client.requestNonce({ issuerMetadata })).c_nonce;
  } catch (error) {
    throw because("offer_refused", error);
  }
}

function copiesOf(metadata: IssuerMetadataResult): number {
  return Math.min(metadata.credentialIssuer.batch_credential_issuance?.batch_size ?? 1, MOST_COPIES);
}

/** Whether `whole` says all that `part` says, in the same words. */
export function isSaidBy(part: unknown, whole: unknown): boolean {
  if (!isObject(part) || !isObject(whole)) return canonical(part) === canonical(whole);
  return Object.entries(part).every(([name, inner]) => isSaidBy(inner, whole[name]));
}

function isObject(value: unknown): value is Claims {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same text for the same content: disclosures come in an order of their own in every copy. */
function canonical(value: unknown): string {
  const sorted = (_: string, inner: unknown) => (isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner);
  return JSON.stringify(value, sorted);
}
