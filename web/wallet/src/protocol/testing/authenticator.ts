import { equal, fromBase64url, sha256, toBase64url, token, utf8, type Bytes } from "../bytes";
import { keyPair } from "./authority";

/** What a test may bend out of shape. */
interface Bends {
  /** The person closes the browser's dialog the next so many times. */
  cancels: number;
  isVerified: boolean;
  /** Signs over another text than the page asked for. */
  challenge?: Bytes;
  origin?: string;
  host?: string;
}

/** An authenticator in software, and the browser in front of it. */
export class TestAuthenticator {
  readonly bends: Bends = { cancels: 0, isVerified: true };
  readonly created: PublicKeyCredentialCreationOptions[] = [];
  readonly requested: PublicKeyCredentialRequestOptions[] = [];
  /** What happens while the person looks at the browser's dialog. */
  meanwhile: (() => void | Promise<void>) | undefined;
  readonly #passkeys = new Map<string, CryptoKeyPair>();

  constructor(private readonly origin: string) {}

  /** Whatever the page's script finds in `navigator.credentials`. */
  readonly credentials = {
    create: async ({ publicKey }: { publicKey: PublicKeyCredentialCreationOptions }) => this.#create(publicKey),
    get: async ({ publicKey, signal }: { publicKey: PublicKeyCredentialRequestOptions; signal?: AbortSignal }) => this.#get(publicKey, signal),
  };

  /** Forgets every passkey, as somebody does in the settings of the device. */
  forget(): void {
    this.#passkeys.clear();
  }

  async #create(options: PublicKeyCredentialCreationOptions) {
    this.created.push(options);
    this.#mayCancel();
    const [id, pair] = [token(20), await keyPair()];
    this.#passkeys.set(id, pair);
    const spki = await crypto.subtle.exportKey("spki", pair.publicKey);
    return { rawId: fromBase64url(id).buffer, response: { getPublicKey: () => spki, getPublicKeyAlgorithm: () => -7 } };
  }

  async #get(options: PublicKeyCredentialRequestOptions, signal?: AbortSignal) {
    this.requested.push(options);
    await this.meanwhile?.();
    if (signal?.aborted) throw new DOMException("left", "AbortError");
    this.#mayCancel();
    const wanted = (options.allowCredentials ?? []).map(({ id }) => toBase64url(new Uint8Array(id as ArrayBuffer)));
    const pair = wanted.map((id) => this.#passkeys.get(id)).find((found) => found !== undefined);
    if (!pair) throw new DOMException("no such passkey", "NotAllowedError");
    const { host = new URL(this.origin).hostname, origin = this.origin, challenge = new Uint8Array(options.challenge as ArrayBuffer), isVerified } = this.bends;
    const clientData = utf8(JSON.stringify({ type: "webauthn.get", challenge: toBase64url(challenge), origin, crossOrigin: false }));
    const data = join(await sha256(utf8(host)), new Uint8Array([isVerified ? 0x05 : 0x01, 0, 0, 0, 0]));
    const raw = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, join(data, await sha256(clientData)));
    return { response: { authenticatorData: data.buffer, clientDataJSON: clientData.buffer, signature: toDer(new Uint8Array(raw)).buffer } };
  }

  #mayCancel(): void {
    if (this.bends.cancels === 0) return;
    this.bends.cancels--;
    throw new DOMException("the person does not want to", "NotAllowedError");
  }
}

/** Why an assertion confirms nothing. */
export type Refusal = "type" | "challenge" | "origin" | "relying party" | "not verified" | "signature";

/** Holds an assertion over `text` against a passkey, as the authority does. */
export async function refusalOf(assertion: { authenticator_data: string; client_data: string; signature: string }, text: string, spki: Bytes, origin: string): Promise<Refusal | undefined> {
  const [data, clientData] = [fromBase64url(assertion.authenticator_data), fromBase64url(assertion.client_data)];
  const said = JSON.parse(new TextDecoder().decode(clientData)) as Record<string, unknown>;
  if (said["type"] !== "webauthn.get" || said["crossOrigin"] === true) return "type";
  if (said["challenge"] !== toBase64url(await sha256(utf8(text)))) return "challenge";
  if (said["origin"] !== origin) return "origin";
  if (!equal(data.subarray(0, 32), await sha256(utf8(new URL(origin).hostname)))) return "relying party";
  if (((data[32] ?? 0) & 0x05) !== 0x05) return "not verified";
  const key = await crypto.subtle.importKey("spki", spki, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const signed = join(data, await sha256(clientData));
  const isSigned = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, fromDer(fromBase64url(assertion.signature)), signed);
  return isSigned ? undefined : "signature";
}

function join(...parts: Uint8Array[]): Bytes {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** ECDSA-Sig-Value (RFC 3279): two integers in a sequence. */
function toDer(raw: Bytes): Bytes {
  const whole = [raw.subarray(0, 32), raw.subarray(32)].flatMap((half) => {
    const bare = [...half.subarray(half.findIndex((byte) => byte !== 0))];
    const number = (bare[0] ?? 0) >= 0x80 ? [0, ...bare] : bare;
    return [0x02, number.length, ...number];
  });
  return new Uint8Array([0x30, whole.length, ...whole]);
}

/** The other way round, strictly: one sequence, two integers in their shortest form, nothing behind. */
function fromDer(der: Bytes): Bytes {
  const raw = new Uint8Array(64);
  let at = 2;
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return raw;
  for (const half of [32, 64]) {
    const [tag = 0, length = 0, first = 0, second = 0] = der.subarray(at);
    const number = der.subarray(at + 2, at + 2 + length);
    const isShortest = first < 0x80 && (first !== 0 || second >= 0x80);
    if (tag !== 0x02 || number.length !== length || length > 33 || !isShortest) return new Uint8Array(64);
    const bare = first === 0 ? number.subarray(1) : number;
    raw.set(bare, half - bare.length);
    at += 2 + length;
  }
  return at === der.length ? raw : new Uint8Array(64);
}
