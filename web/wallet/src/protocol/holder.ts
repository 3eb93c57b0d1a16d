import { finishSignIn, prepareKeys, proveKeys, signBinding, startSignIn, type CopyInstruction, type HolderRequest, type PreparedKey } from "@mibun/api-client";
import type { KeptKey } from "../store/database";
import type { Account } from "../store/settings";
import { fromBase64url, utf8, type Bytes } from "./bytes";
import { deviceProof, type Ask } from "./device";
import { WalletError, WrongPassword } from "./fault";
import { instruct, instructionKey, macOf, signingInput, type Confirmed, type Consent } from "./instruction";
import { passwordProtocol } from "./opaque";

/** What the holder agreed to show, and to whom. */
export type Binding = Extract<Consent, { purpose: "key_binding" }>;
type ProofConsent = Extract<Consent, { purpose: "credential_request_proof" }>;

/** Keys that the authority has just made, and one proof of each. */
export interface Proven {
  keys: KeptKey[];
  jwts: string[];
}

/** Has the authority's key of one copy sign what the holder agreed to show. */
export interface Signer {
  bind(key: KeptKey, consent: Binding, now: Date): Promise<string>;
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
  async prove(token: string, count: number, consent: ProofConsent, now: Date): Promise<Proven> {
    const keys = (await prepareKeys(token, { exchange: this.exchange, count })).map((key) => this.#kept(key));
    const instructions = await Promise.all(keys.map((key) => this.#instruct(key, consent, now)));
    const jwts = await proveKeys(this.exchange, instructions);
    if (keys.length === 0 || jwts.length !== keys.length) throw new WalletError("offer_refused");
    keys.forEach((key, at) => mustSay(jwts[at], consent, key, now));
    return { keys, jwts };
  }

  /** Has the key of one copy sign the key binding of what the holder agreed to show. */
  async bind(key: KeptKey, consent: Binding, now: Date): Promise<string> {
    const binding = await signBinding(this.exchange, await this.#instruct(key, consent, now));
    mustSay(binding, consent, key, now);
    return binding;
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

/** What comes back signed is, byte for byte, what was agreed to. */
export function mustSay(signed: string | undefined, consent: Consent, key: KeptKey, now: Date, confirmed: Confirmed = "password"): void {
  if (!signed?.startsWith(`${signingInput(consent, key, now, confirmed)}.`)) throw new WalletError("signed_otherwise");
}
