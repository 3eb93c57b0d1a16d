import { ApiError, registerDevice } from "@mibun/api-client";
import { readSetting, writeSetting, type Account } from "../store/settings";
import type { Access } from "./access";
import { sha256, toBase64url, utf8, type Bytes } from "./bytes";
import { disown } from "./disowning";
import { WalletError } from "./fault";
import { newKey, publicJwk, signJwt } from "./jws";
import { fetchHere } from "./setup";

/** What a signed-in holder asks for beside signatures. */
export type Ask = "mibun-password-change+jwt" | "mibun-revocation-code-request+jwt" | "mibun-history-request+jwt" | "mibun-erasure-request+jwt" | "mibun-passkey-registration+jwt";

/** What a device proves its key for. */
type Purpose = "mibun-device-registration+jwt" | "mibun-device-sign-in+jwt" | Ask;

type Device = Pick<Account, "authority" | "device">;

/**
 * Makes this wallet the device of the person whose offer the access token is for. `undefined` where the offer is of a light
 * card, which needs no device: nothing but the authority's word tells them apart.
 */
export async function becomeDevice(access: Access, authority: string, now: Date): Promise<Account | undefined> {
  const known = (await accounts()).find((account) => account.authority === authority);
  try {
    return await register(access, known ?? { authority, device: await newKey() }, now);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "not_a_full_journey") return undefined;
    // Another person's, or one that was replaced and is not taken again.
    if (error.code === "device_key_used") return register(access, { authority, device: await newKey() }, now);
    throw error;
  }
}

/** The account of a person. @throws {WalletError} `no_account` */
export async function accountOf(person: string): Promise<Account> {
  const account = (await accounts()).find((one) => one.person === person);
  if (!account) throw new WalletError("no_account");
  return account;
}

/** Notes which passkey a person's device has, if any. */
export async function notePasskey({ authority, person }: Account, passkey: string | undefined): Promise<void> {
  const noted = (await accounts()).map(({ passkey: earlier, ...account }): Account => {
    const credential = account.authority === authority && account.person === person ? passkey : earlier;
    return credential ? { ...account, passkey: credential } : account;
  });
  await writeSetting("accounts", noted);
}

/** Proves the device's key beside `over`, for that and nothing else. */
export async function deviceProof(purpose: Purpose, { authority, device }: Device, over: Bytes, now: Date): Promise<string> {
  const nonce = await freshNonce(authority);
  const header = { alg: "ES256", typ: purpose, jwk: await publicJwk(device.publicKey) };
  const iat = Math.floor(now.getTime() / 1000);
  return signJwt(header, { aud: authority, iat, nonce, over: toBase64url(await sha256(over)) }, device.privateKey);
}

async function register(access: Access, { authority, device }: Device, now: Date): Promise<Account> {
  const proof = await deviceProof("mibun-device-registration+jwt", { authority, device }, utf8(access.token), now);
  const registered = await registerDevice(access, { proof });
  if (registered.authority !== authority) throw new WalletError("offer_refused");
  const account: Account = { authority, person: registered.person, card: registered.card, device, deviceName: registered.device };
  // A device that is registered again stays the same, and so does its passkey; another one begins without.
  const known = await accounts();
  const earlier = known.filter(({ person }) => person === account.person);
  const same = earlier.find(({ deviceName }) => deviceName === account.deviceName);
  if (same?.passkey) account.passkey = same.passkey;
  await writeSetting("accounts", [account, ...known.filter(({ person }) => person !== account.person)]);
  for (const { passkey } of earlier) if (passkey && passkey !== account.passkey) await disown(passkey);
  return account;
}

/** Every account that this wallet is the device of, the newest first. */
export async function accounts(): Promise<Account[]> {
  return (await readSetting("accounts")) ?? [];
}

async function freshNonce(authority: string): Promise<string> {
  const response = await fetchHere(`${authority.replace(/\/$/, "")}/nonce`, { method: "POST" });
  if (!response.ok) throw await ApiError.fromResponse(response);
  const { c_nonce: nonce } = (await response.json()) as { c_nonce?: unknown };
  if (typeof nonce !== "string") throw new WalletError("busy");
  return nonce;
}
