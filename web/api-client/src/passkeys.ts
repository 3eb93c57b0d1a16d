import type { SignedByCopy } from "./holders";
import { request } from "./request";
import type { NewPasskey, PasskeyInstruction } from "./types";

/** Adds a passkey to the device that signed in, in place of an earlier one. */
export function addPasskey(passkey: NewPasskey): Promise<void> {
  return request("POST", "/api/holder/passkey", { json: passkey });
}

/** Has a copy's key sign what the device's passkey confirms, without a sign-in. */
export function signByPasskey(instruction: PasskeyInstruction): Promise<SignedByCopy> {
  return request("POST", "/api/holder/sign/passkey", { json: instruction });
}
