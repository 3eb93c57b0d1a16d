import { compactDecrypt, decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from "jose";
import { AGREEMENT, ENCRYPTIONS } from "./algorithms";
import { WalletError } from "./fault";
import { encryptJwe } from "./setup";

/** How requests for cards and their answers travel, as an issuer's metadata offer it (OpenID4VCI 1.0 section 10). */
export interface Sealing {
  recipient: JWK;
  request: ContentEncryption;
  /** None where answers are not encrypted. */
  answer?: ContentEncryption | undefined;
}

type ContentEncryption = (typeof ENCRYPTIONS)[number];

/** What the key for the answer is called. */
const KID = "answer";

/**
 * What of an issuer's metadata this wallet speaks; nothing where nothing is encrypted. A request that asks for an encrypted
 * answer has to be encrypted itself: else somebody between could put another key into it.
 *
 * @throws {WalletError} `issuer_unsupported` where encryption is demanded in no way that is spoken here.
 */
export function sealingOf(metadata: object): Sealing | undefined {
  const { credential_request_encryption: asks, credential_response_encryption: answers } = metadata as Record<string, unknown>;
  const [recipient, request, answer] = [recipientIn(asks), encryptionIn(asks), answerIn(answers)];
  const speaks = recipient !== undefined && request !== undefined;
  if ((isDemanded(asks) && !speaks) || (isDemanded(answers) && !(speaks && answer))) throw new WalletError("issuer_unsupported");
  return speaks ? { recipient, request, ...(answer && { answer }) } : undefined;
}

/** What came back, and whether it was encrypted as it was asked for. */
interface Opened {
  value: unknown;
  isAsAsked: boolean;
}

/** One request and its answer. */
export class Envelope {
  #key: CryptoKey | undefined;

  constructor(private readonly sealing: Sealing | undefined) {}

  get contentType(): string {
    return this.sealing ? "application/jwt" : "application/json";
  }

  /** The request, closed where that is offered. A key for the answer is in it, and is used for no other. */
  async seal(content: object): Promise<string> {
    if (!this.sealing) return JSON.stringify(content);
    const { recipient, request: enc } = this.sealing;
    const whole = JSON.stringify({ ...content, ...(await this.#wanted(this.sealing)) });
    const { jwe } = await encryptJwe({ method: "jwk", publicJwk: recipient as never, alg: AGREEMENT, enc }, whole);
    return jwe;
  }

  /** What the answer says. @throws {WalletError} `card_not_sealed` where it cannot be read. */
  async open(text: string): Promise<Opened> {
    const isPlain = text.trimStart().startsWith("{");
    if (!this.#key || isPlain) return { value: JSON.parse(text), isAsAsked: !this.#key };
    try {
      const { zip, crit, enc } = decodeProtectedHeader(text);
      if (zip !== undefined || crit !== undefined) throw new TypeError("nothing of this was asked for");
      const { plaintext } = await compactDecrypt(text, this.#key, { keyManagementAlgorithms: [AGREEMENT], contentEncryptionAlgorithms: [...ENCRYPTIONS] });
      return { value: JSON.parse(new TextDecoder().decode(plaintext)), isAsAsked: enc === this.sealing?.answer };
    } catch (error) {
      throw new WalletError("card_not_sealed", { cause: error });
    }
  }

  async #wanted({ answer: enc }: Sealing): Promise<object | undefined> {
    if (!enc) return undefined;
    const { privateKey, publicKey } = await generateKeyPair(AGREEMENT, { crv: "P-256" });
    this.#key = privateKey;
    return { credential_response_encryption: { jwk: { ...(await exportJWK(publicKey)), kid: KID, alg: AGREEMENT, use: "enc" }, enc } };
  }
}

function isDemanded(member: unknown): boolean {
  return (Object(member) as { encryption_required?: unknown }).encryption_required === true;
}

/** The first key that can be encrypted to. */
function recipientIn(member: unknown): JWK | undefined {
  const { keys } = Object((Object(member) as { jwks?: unknown }).jwks) as { keys?: unknown };
  const usable = ({ kid, kty, crv, alg, use }: JWK) => typeof kid === "string" && kty === "EC" && crv === "P-256" && (alg ?? AGREEMENT) === AGREEMENT && (use ?? "enc") === "enc";
  return Array.isArray(keys) ? keys.map((key) => Object(key) as JWK).find(usable) : undefined;
}

function encryptionIn(member: unknown): ContentEncryption | undefined {
  const { enc_values_supported: names } = Object(member) as { enc_values_supported?: unknown };
  return Array.isArray(names) ? ENCRYPTIONS.find((name) => names.includes(name)) : undefined;
}

function answerIn(member: unknown): ContentEncryption | undefined {
  const { alg_values_supported: names } = Object(member) as { alg_values_supported?: unknown };
  return Array.isArray(names) && names.includes(AGREEMENT) ? encryptionIn(member) : undefined;
}
