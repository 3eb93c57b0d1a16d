import type { JwtSigner } from "@openid4vc/oauth2";
import type { IssuerMetadataResult } from "@openid4vc/openid4vci";
import type { HeldCard } from "../store/cards";
import type { Copy } from "../store/database";
import type { Access } from "./access";
import { cardOf, namesOf, readPart, type Batch, type Part } from "./batch";
import type { Certificate } from "./certificate";
import { askIssuer, isIssued } from "./credential";
import { because, WalletError, type Fault } from "./fault";
import type { Session } from "./holder";
import { clientOf, type Issuer } from "./issuer";
import { KeyRing, type CopyKey } from "./key-ring";
import { tell } from "./notice";
import type { CardFormat } from "./query";

/** The stages a person sees while the card is fetched. */
export type Stage = "keys" | "asking" | "checking";

/** A card, checked and ready to be kept. Once it is kept, `accept` tells the authority so. */
export interface Collected {
  card: HeldCard;
  copies: Copy[];
  accept(): Promise<void>;
}

/** A card that somebody has to decide about first: what asking for it again takes beside the access token. */
export interface NotReady {
  /** Its name once it is there. */
  id: string;
  parts: readonly Part[];
}

const MOST_COPIES = 20;

/** What somebody between the authority and this wallet must have done. */
const NOT_THEIRS: readonly Fault[] = ["card_not_genuine", "card_not_sealed", "signed_otherwise"];

export interface CollectOptions {
  access: Access;
  /** The card's name, where somebody has to know it before. */
  id?: string;
  /** The holder's sign-in, for a full card; without one the keys are made here. */
  session?: Session | undefined;
  anchors: readonly Certificate[];
  now: Date;
  onStage?: (stage: Stage) => void;
  /** Keeps what is waited for, before anything else is asked; what it cannot keep is not waited for. */
  onNotReady?: (notReady: NotReady) => Promise<void>;
}

/**
 * Fetches the card in both formats: of each as many one-time copies as the authority gives at once, each with its own key.
 * A card whose second format cannot be had now is worth having all the same.
 *
 * @throws {WalletError}
 */
export async function collect(issuer: Issuer, options: CollectOptions): Promise<Collected | NotReady> {
  const asked = new Asked(issuer, options);
  try {
    const first = await asked.fetch("dc+sd-jwt");
    const second = await asked.fetchBeside("mso_mdoc");
    return asked.notReady() ?? asked.collected(first, second);
  } catch (error) {
    await asked.tell("credential_failure").catch(() => undefined);
    throw error;
  }
}

export function isReady(outcome: Collected | NotReady): outcome is Collected {
  return "card" in outcome;
}

interface Proving {
  proofs: string[];
  keys: readonly CopyKey[];
}

/** What was asked of the issuer so far. */
class Asked {
  readonly #id: string;
  #parts: readonly Part[] = [];

  constructor(
    private readonly issuer: Issuer,
    private readonly options: CollectOptions,
  ) {
    this.#id = options.id ?? crypto.randomUUID();
  }

  /** Asks for a format; `undefined` where it is not ready. */
  async fetch(format: CardFormat): Promise<Batch | undefined> {
    const { onStage, onNotReady } = this.options;
    onStage?.("keys");
    const proving = await this.#prove(format);
    onStage?.("asking");
    const part = await this.#ask(format, proving);
    this.#parts = [...this.#parts, part];
    const notReady = this.notReady();
    if (notReady && !this.issuer.metadata.credentialIssuer.deferred_credential_endpoint) throw new WalletError("not_ready");
    if (notReady) await onNotReady?.(notReady).catch((error: unknown) => Promise.reject(because("not_kept", error)));
    if (!isIssued(part.answer)) return undefined;
    onStage?.("checking");
    return readPart(part, { ...this.options, id: this.#id });
  }

  /** The same card in another format, where the issuer has it. */
  async fetchBeside(format: CardFormat): Promise<Batch | undefined> {
    if (!this.issuer.configurations[format]) return undefined;
    return this.fetch(format).catch((error: unknown) => {
      if (error instanceof WalletError && NOT_THEIRS.includes(error.fault)) throw error;
      // Nobody waits for what cannot be asked for again, or not be kept.
      this.#parts = this.#parts.filter((part) => part.format !== format);
      return undefined;
    });
  }

  notReady(): NotReady | undefined {
    return this.#parts.every(({ answer }) => isIssued(answer)) ? undefined : { id: this.#id, parts: [...this.#parts] };
  }

  collected(first: Batch | undefined, second: Batch | undefined): Collected {
    if (!first) throw new WalletError("card_not_genuine");
    const card = cardOf(first, second, { ...this.options, id: this.#id, issuer: this.issuer });
    return { card, copies: [...first.copies, ...(second?.copies ?? [])], accept: () => this.tell("credential_accepted") };
  }

  tell(event: "credential_accepted" | "credential_failure"): Promise<void> {
    return tell(this.issuer, this.options.access, namesOf(this.#parts), event);
  }

  async #prove(format: CardFormat): Promise<Proving> {
    const { id, metadata } = this.issuer;
    const { access, now, session } = this.options;
    const nonce = await nonceOf(metadata);
    if (!session) return this.#proveHere(this.#configuration(format), nonce);
    // Keys that the authority keeps.
    const consent = { purpose: "credential_request_proof", credential_issuer: id, c_nonce: nonce } as const;
    const { keys, jwts } = await session.prove(access, copiesOf(metadata), consent, now);
    return { keys, proofs: jwts };
  }

  #configuration(format: CardFormat): string {
    const name = this.issuer.configurations[format];
    if (!name) throw new WalletError("offer_refused");
    return name;
  }

  /** Keys of this browser, and their proofs. */
  async #proveHere(credentialConfigurationId: string, nonce: string): Promise<Proving> {
    const { metadata: issuerMetadata } = this.issuer;
    const ring = await KeyRing.generate(copiesOf(issuerMetadata));
    const client = clientOf((x) => ring.find(x));
    const prove = (signer: JwtSigner) => client.createCredentialRequestJwtProof({ issuerMetadata, signer, nonce, issuedAt: this.options.now, credentialConfigurationId });
    return { keys: ring.keys(), proofs: (await Promise.all(ring.signers().map(prove))).map(({ jwt }) => jwt) };
  }

  async #ask(format: CardFormat, { keys, proofs: jwt }: Proving): Promise<Part> {
    const request = { credential_configuration_id: this.#configuration(format), proofs: { jwt } };
    return { format, keys, answer: await askIssuer(this.issuer, this.options.access, "credential_endpoint", request) };
  }
}

async function nonceOf(issuerMetadata: IssuerMetadataResult): Promise<string> {
  try {
    return (await clientOf().requestNonce({ issuerMetadata })).c_nonce;
  } catch (error) {
    throw because("offer_refused", error);
  }
}

function copiesOf(metadata: IssuerMetadataResult): number {
  return Math.min(metadata.credentialIssuer.batch_credential_issuance?.batch_size ?? 1, MOST_COPIES);
}
