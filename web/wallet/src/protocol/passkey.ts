import { addPasskey, signByPasskey, type PasskeyAssertion, type SignedByCopy } from "@mibun/api-client";
import type { KeptKey } from "../store/database";
import type { Account } from "../store/settings";
import { fromBase64url, sha256, toBase64url, utf8, type Bytes } from "./bytes";
import { notePasskey } from "./device";
import { disown } from "./disowning";
import { WalletError } from "./fault";
import { consentOf, mustSay, mustSign, type Binding, type DeviceConsent, type Session, type Signer } from "./holder";
import { METHODS, NO_EXCHANGE, state } from "./instruction";
import type { MdocSession } from "./mdoc/present";

/** A device that has a passkey and knows by which name the authority calls it. */
export type PasskeyAccount = Account & Required<Pick<Account, "deviceName" | "passkey">>;

/** A passkey that the browser has made, and that the authority does not know yet. */
export interface MadePasskey {
  /** In base64url. */
  credential: string;
  /** As `SubjectPublicKeyInfo`, in base64url. */
  publicKey: string;
}

/** ECDSA on P-256 with SHA-256, by its number in COSE. */
const ES256 = -7;
/** How long a person may take. A statement is good for two minutes, and has to arrive within them. */
const LIMIT_MS = 90_000;

/** Whether this browser could have passkeys for this page. They belong to a name: a page under a bare address has none. */
export function arePasskeysPossible(): boolean {
  const isAddress = /^[\d.]+$|^\[/.test(location.hostname);
  return typeof globalThis.PublicKeyCredential === "function" && !isAddress;
}

/** Whether a passkey can be added to this device. */
export function canHavePasskey({ deviceName }: Account): boolean {
  return deviceName !== undefined && arePasskeysPossible();
}

/** Whether this device has a passkey that this browser could ask for. */
export function hasPasskey(account: Account): account is PasskeyAccount {
  return account.passkey !== undefined && canHavePasskey(account);
}

/**
 * Has the browser make a passkey, which stands as `label` in the list of the holder's passkeys.
 *
 * @throws {WalletError} `passkey_not_made`, for whatever reason: browsers do not tell a refusal from a fault.
 */
export async function makePasskey(label: string): Promise<MadePasskey> {
  const publicKey: PublicKeyCredentialCreationOptions = {
    rp: { id: location.hostname, name: location.hostname },
    user: { id: crypto.getRandomValues(new Uint8Array(16)), name: label, displayName: label },
    // Nobody looks at what is signed here; the authority believes the assertion that follows.
    challenge: crypto.getRandomValues(new Uint8Array(32)),
    pubKeyCredParams: [{ type: "public-key", alg: ES256 }],
    authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
    attestation: "none",
    timeout: LIMIT_MS,
  };
  const made = await asked("passkey_not_made", () => navigator.credentials.create({ publicKey }));
  const response = made.response as AuthenticatorAttestationResponse;
  const key = response.getPublicKey();
  if (!key || response.getPublicKeyAlgorithm() !== ES256) throw new WalletError("passkey_not_made");
  return { credential: toBase64url(new Uint8Array(made.rawId)), publicKey: toBase64url(new Uint8Array(key)) };
}

/** Makes a passkey the one of this device, within a sign-in. It proves at once that it is there. */
export async function registerPasskey(account: Account, session: Session, { credential, publicKey }: MadePasskey, now: Date): Promise<void> {
  const request = await session.ask("mibun-passkey-registration+jwt", now, utf8(`${credential}.${publicKey}`));
  const assertion = await confirm(credential, request.proof, "passkey_not_made");
  await addPasskey({ ...request, credential, public_key: publicKey, assertion });
  await notePasskey(account, credential);
  if (account.passkey) await disown(account.passkey);
}

/** Has the authority sign what the device's passkey confirms, one text at a time and without a sign-in. */
export class PasskeySigner implements Signer {
  readonly methods = METHODS.passkey;

  constructor(
    private readonly account: PasskeyAccount,
    private readonly options: {
      signal: AbortSignal;
      /** Comes between the holder's confirmation and the authority's signature; what it throws prevents the latter. */
      onConfirmed: () => Promise<void>;
    },
  ) {}

  async bind(key: KeptKey, consent: Binding, now: Date): Promise<string> {
    return mustSay(await this.#signed(key, consent, now), consent, key, now, "passkey");
  }

  async signDevice(key: KeptKey, session: MdocSession, bytes: Bytes, now: Date): Promise<Bytes> {
    return mustSign(await this.#signed(key, consentOf(session), now), bytes, key);
  }

  async #signed(key: KeptKey, consent: Binding | DeviceConsent, now: Date): Promise<SignedByCopy> {
    const { authority, person, card, device, deviceName, passkey } = this.account;
    const subject = { authority, person, card, copy: key.copy, exchange: NO_EXCHANGE };
    const statement = await state({ subject, key, consent, now }, device.privateKey, "passkey");
    const assertion = await confirm(passkey, statement, "passkey_not_used", this.options.signal);
    await this.options.onConfirmed();
    return signByPasskey({ device: deviceName, copy: key.copy, statement, assertion });
  }
}

type NotDone = "passkey_not_made" | "passkey_not_used";

/** Has the passkey confirm `text`: its challenge is the hash of that text and of nothing else. */
async function confirm(credential: string, text: string, otherwise: NotDone, signal?: AbortSignal): Promise<PasskeyAssertion> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    rpId: location.hostname,
    challenge: await sha256(utf8(text)),
    allowCredentials: [{ type: "public-key", id: fromBase64url(credential) }],
    userVerification: "required",
    timeout: LIMIT_MS,
  };
  const { response } = await asked(otherwise, () => navigator.credentials.get({ publicKey, ...(signal && { signal }) }));
  if (signal?.aborted) throw new WalletError(otherwise);
  const { authenticatorData, clientDataJSON, signature } = response as AuthenticatorAssertionResponse;
  const part = (bytes: ArrayBuffer) => toBase64url(new Uint8Array(bytes));
  return { authenticator_data: part(authenticatorData), client_data: part(clientDataJSON), signature: part(signature) };
}

async function asked(otherwise: NotDone, ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  const answer = await ask().catch((cause: unknown) => {
    throw new WalletError(otherwise, { cause });
  });
  if (!answer) throw new WalletError(otherwise);
  return answer as PublicKeyCredential;
}
