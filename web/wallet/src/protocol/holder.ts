import { finishSignIn, prepareKeys, proveKeys, signByCopy, startSignIn, type BoundToken, type CopyInstruction, type HolderRequest, type PreparedKey, type SignedByCopy } from "@mibun/api-client";
import type { KeptKey } from "../store/database";
import type { Account } from "../store/settings";
import { fromBase64url, toBase64url, utf8, type Bytes } from "./bytes";
import { deviceProof, type Ask } from "./device";
import { WalletError, WrongPassword } from "./fault";
import { instruct, instructionKey, macOf, METHODS, signingInput, type Confirmed, type Consent } from "./instruction";
import { verificationKey } from "./jws";
import { DOCTYPE } from "./mdoc/elements";
import type { MdocSession } from "./mdoc/present";
import { passwordProtocol } from "./opaque";

/** What the holder agreed to show, and to whom. */
export type Binding = Extract<Consent, { purpose: "key_binding" }>;
/** The same for a copy as mdoc. */
export type DeviceConsent = Extract<Consent, { purpose: "device_authentication" }>;
type ProofConsent = Extract<Consent, { purpose: "credential_request_proof" }>;

/** Keys that the authority has just made, and one proof of each. */
export interface Proven {
  keys: KeptKey[];
  jwts: string[];
}

/** Has the authority's key of one copy sign what the holder agreed to show. */
export interface Signer {
  /** By what the holder was recognised; what is signed says so (RFC 8176). */
  readonly methods: readonly string[];
  bind(key: KeptKey, consent: Binding, now: Date): Promise<string>;
  /** Signs `bytes`, which belong to `session`: r and s. */
  signDevice(key: KeptKey, session: MdocSession, bytes: Bytes, now: Date): Promise<Bytes>;
}

/**
 * Signs in with this device and the ID password.
 *
 * @throws {WrongPassword} also where this device is no longer the person's: the authority does not say which.
 */
export async function signIn(account: Account, password: string, now: Date): Promise<Session> {
  const client = await passwordProtocol();
  const { clientLoginState, startLoginRequest } = client.startLogin({ password });
  const proof = await deviceProof("mibun-device-sign-in+jwt", account, fromBase64url(startLoginRequest), now);
  const { exchange, response, tries_left: triesLeft } = await startSignIn({ proof, request: startLoginRequest });
  const login = client.finishLogin({ clientLoginState, loginResponse: response, password });
  if (!login) throw new WrongPassword(triesLeft);
  await finishSignIn({ exchange, finalization: login.finishLoginRequest });
  return new Session(account, exchange, await instructionKey(login.sessionKey));
}

/** A sign-in, for as long as the authority follows its instructions. Never stored. */
export class Session implements Signer {
  readonly methods = METHODS.password;

  constructor(
    private readonly account: Account,
    /** The authority's name for it. */
    readonly exchange: string,
    private readonly macKey: CryptoKey,
  ) {}

  /** Whose it is. */
  get person(): string {
    return this.account.person;
  }

  /** Has the authority make keys, and prove each for the card's issuer. */
  async prove(token: BoundToken, count: number, consent: ProofConsent, now: Date): Promise<Proven> {
    const keys = (await prepareKeys(token, { exchange: this.exchange, count })).map((key) => this.#kept(key));
    const instructions = await Promise.all(keys.map((key) => this.#instruct(key, consent, now)));
    const jwts = await proveKeys(this.exchange, instructions);
    if (keys.length === 0 || jwts.length !== keys.length) throw new WalletError("offer_refused");
    keys.forEach((key, at) => mustSay({ key_binding: jwts[at] ?? "" }, consent, key, now));
    return { keys, jwts };
  }

  /** Has the key of one copy sign the key binding of what the holder agreed to show. */
  async bind(key: KeptKey, consent: Binding, now: Date): Promise<string> {
    return mustSay(await signByCopy(this.exchange, await this.#instruct(key, consent, now)), consent, key, now);
  }

  /** Has the key of one copy prove itself for the asker whom the holder agreed to show it to. */
  async signDevice(key: KeptKey, session: MdocSession, bytes: Bytes, now: Date): Promise<Bytes> {
    return mustSign(await signByCopy(this.exchange, await this.#instruct(key, consentOf(session), now)), bytes, key);
  }

  /** A request that goes with `content`: proven by the device, confirmed under the key of this sign-in, good once. */
  async ask(purpose: Ask, now: Date, content: Bytes = new Uint8Array()): Promise<HolderRequest> {
    const proof = await deviceProof(purpose, this.account, new Uint8Array([...utf8(`${this.exchange}\n`), ...content]), now);
    return { exchange: this.exchange, proof, mac: await macOf(proof, this.macKey) };
  }

  async #instruct(key: KeptKey, consent: Consent, now: Date): Promise<CopyInstruction> {
    const { authority, person, card, device } = this.account;
    const subject = { authority, person, card, copy: key.copy, exchange: this.exchange };
    return { copy: key.copy, ...(await instruct({ subject, key, consent, now }, device.privateKey, this.macKey)) };
  }

  #kept({ copy, jwk }: PreparedKey): KeptKey {
    if (jwk.crv !== "P-256" || !jwk.x || !jwk.y) throw new WalletError("offer_refused");
    return { copy, person: this.account.person, x: jwk.x, y: jwk.y };
  }
}

/** What a holder who shows a document in this session agrees to. */
export function consentOf({ clientId, nonce, responseUri, keyThumbprint }: MdocSession): DeviceConsent {
  const key_thumbprint = keyThumbprint ? toBase64url(keyThumbprint) : null;
  return { purpose: "device_authentication", doc_type: DOCTYPE, client_id: clientId, nonce, response_uri: responseUri, key_thumbprint };
}

/** What comes back is a signature over what was agreed to. */
export async function mustSign(signed: SignedByCopy, bytes: Bytes, { x, y }: KeptKey): Promise<Bytes> {
  const raw = "device_signature" in signed ? fromBase64url(signed.device_signature) : new Uint8Array();
  const key = await verificationKey({ kty: "EC", crv: "P-256", x, y });
  if (!(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, raw, bytes))) throw new WalletError("signed_otherwise");
  return raw;
}

/** What comes back signed is, byte for byte, what was agreed to. */
export function mustSay(signed: SignedByCopy, consent: Binding | ProofConsent, key: KeptKey, now: Date, confirmed: Confirmed = "password"): string {
  const token = "key_binding" in signed ? signed.key_binding : "";
  if (!token.startsWith(`${signingInput(consent, key, now, confirmed)}.`)) throw new WalletError("signed_otherwise");
  return token;
}
