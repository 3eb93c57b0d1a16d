import { fromBase64url, sha256, toBase64url, token, utf8, type Bytes } from "./bytes";
import { signBytes } from "./jws";

/** Which key of the authority's is to sign, for whom, and on the strength of which password exchange. */
export interface Subject {
  authority: string;
  person: string;
  card: string;
  copy: string;
  exchange: string;
}

/** What the holder agreed to. */
export type Consent =
  | { purpose: "key_binding"; client_id: string; nonce: string; response_uri: string | null; sd_hash: string }
  | DeviceAuthentication
  | { purpose: "credential_request_proof"; credential_issuer: string; c_nonce: string };

/** To show a copy as mdoc. What of it is shown, its holder's proof does not cover (ISO/IEC 18013-5 section 9.1.3). */
interface DeviceAuthentication {
  purpose: "device_authentication";
  doc_type: string;
  client_id: string;
  nonce: string;
  response_uri: string;
  /** Of the key that the answer is encrypted to. */
  key_thumbprint: string | null;
}

/** What confirms a statement beside the device. */
export type Confirmed = "password" | "passkey";

/** What is signed says by what the holder was recognised (RFC 8176). */
export const METHODS: Record<Confirmed, readonly string[]> = { password: ["pwd"], passkey: ["pop", "user"] };

/** A P-256 point. */
export interface PublicPoint {
  x: string;
  y: string;
}

export interface Draft {
  subject: Subject;
  /** The public half of the key that is to sign. */
  key: PublicPoint;
  consent: Consent;
  /** Also the time in what is signed. */
  now: Date;
}

/** The statement, signed by the device, and the MAC over its bytes with the key of the password exchange. */
export interface Instruction {
  statement: string;
  mac: string;
}

/** {@link Subject.exchange} of statements that a passkey confirms. */
export const NO_EXCHANGE = "passkey";

const TYP = "mibun-signing-instruction+jwt";
const MAC_INFO = "mibun signing instruction mac 1";
const ID_BYTES = 16;

/** The key for MACs over instructions that belongs to the session key of a password exchange. */
export async function instructionKey(sessionKey: string): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey("raw", fromBase64url(sessionKey), "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: utf8(MAC_INFO) };
  return crypto.subtle.deriveKey(derivation, secret, { name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]);
}

/** Tells the authority what to sign with the card's key, and proves device and password for exactly that. */
export async function instruct(draft: Draft, device: CryptoKey, macKey: CryptoKey): Promise<Instruction> {
  const statement = await state(draft, device, "password");
  return { statement, mac: await macOf(statement, macKey) };
}

/** The statement alone: for a passkey, the text that it then confirms. */
export async function state(draft: Draft, device: CryptoKey, confirmed: Confirmed): Promise<string> {
  const input = compact({ alg: "ES256", typ: TYP }, await payloadOf(draft, token(ID_BYTES), confirmed));
  return `${input}.${toBase64url(await signBytes(utf8(input), device))}`;
}

export async function macOf(statement: string, macKey: CryptoKey): Promise<string> {
  return toBase64url(new Uint8Array(await crypto.subtle.sign("HMAC", macKey, utf8(statement))));
}

/** The payload of a statement in its one spelling. */
export async function payloadOf(draft: Draft, id: string, confirmed: Confirmed = "password"): Promise<string> {
  const hash = toBase64url(await sha256(await toBeSigned(draft, confirmed)));
  return canonical({ jti: id, iat: seconds(draft.now), subject: draft.subject, consent: draft.consent, signing_input_sha256: hash });
}

/** What the card's key is to sign: the authority makes it anew from the consent, so it has one spelling. */
export async function toBeSigned({ consent, key, now }: Pick<Draft, "consent" | "key" | "now">, confirmed: Confirmed = "password"): Promise<Bytes> {
  if (consent.purpose !== "device_authentication") return utf8(signingInput(consent, key, now, confirmed));
  const { doc_type: doctype, client_id: clientId, nonce, response_uri: responseUri, key_thumbprint: thumbprint } = consent;
  const keyThumbprint = thumbprint === null ? undefined : fromBase64url(thumbprint);
  const { deviceAuthentication, deviceNamespaces } = await import("./mdoc/present");
  return deviceAuthentication(doctype, { clientId, nonce, responseUri, keyThumbprint }, deviceNamespaces(METHODS[confirmed]));
}

/** The same of a token, as text. */
export function signingInput(consent: Exclude<Consent, DeviceAuthentication>, key: PublicPoint, now: Date, confirmed: Confirmed = "password"): string {
  const iat = seconds(now);
  if (consent.purpose === "key_binding") {
    const { client_id: aud, nonce, sd_hash } = consent;
    return compact({ alg: "ES256", typ: "kb+jwt" }, canonical({ amr: METHODS[confirmed], aud, iat, nonce, sd_hash }));
  }
  const jwk = { crv: "P-256", kty: "EC", x: key.x, y: key.y };
  return compact({ alg: "ES256", jwk, typ: "openid4vci-proof+jwt" }, canonical({ aud: consent.credential_issuer, iat, nonce: consent.c_nonce }));
}

function compact(header: object, payload: string): string {
  return `${toBase64url(utf8(canonical(header)))}.${toBase64url(utf8(payload))}`;
}

/** JSON with sorted members and no white space. */
function canonical(value: object): string {
  const sorted = (_: string, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner;
  return JSON.stringify(value, sorted);
}

function seconds(now: Date): number {
  return Math.floor(now.getTime() / 1000);
}
