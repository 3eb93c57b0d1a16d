import { request } from "./request";
import type { NewPasskey, PasskeyInstruction } from "./types";

/** Adds a passkey to the device that signed in, in place of an earlier one. */
export function addPasskey(passkey: NewPasskey): Promise<void> {
  return request("POST", "/api/holder/passkey", { json: passkey });
}

/** Has a copy's key sign a key binding that the device's passkey confirms, without a sign-in. */
export async function signByPasskey(instruction: PasskeyInstruction): Promise<string> {
  return (await request<{ key_binding: string }>("POST", "/api/holder/sign/passkey", { json: instruction })).key_binding;
}
