import type { DigitalCredentialAnswer, DigitalCredentialRequest } from "@mibun/api-client";

/** W3C Digital Credentials, as far as it is used here; TypeScript does not describe it yet. */
interface DigitalCredentialInterface {
  userAgentAllowsProtocol?(protocol: string): boolean;
}

interface DigitalOptions extends CredentialRequestOptions {
  digital: { requests: DigitalCredentialRequest[] };
}

/** What checks are asked by; browsers pass over what they do not know. */
const PROTOCOLS = ["openid4vp-v1-signed", "org-iso-mdoc"];
/** What `get` says where the holder, or the page, ended it. */
const ENDED = ["NotAllowedError", "AbortError"];

/** Whether this browser can ask the wallet of its device. */
export function canAskDevice(): boolean {
  const { DigitalCredential: api, navigator } = globalThis as typeof globalThis & { DigitalCredential?: DigitalCredentialInterface };
  if (!api || typeof navigator.credentials?.get !== "function") return false;
  return PROTOCOLS.some((protocol) => api.userAgentAllowsProtocol?.(protocol) ?? true);
}

/**
 * Hands the requests to the browser, which asks a wallet.
 *
 * `undefined` for a holder who shows nothing: browsers tell no page whether somebody refused, closed the wallet or has no
 * card that fits.
 */
export async function askDevice(digital: DigitalOptions["digital"], signal: AbortSignal): Promise<DigitalCredentialAnswer | undefined> {
  const options: DigitalOptions = { digital, signal, mediation: "required" };
  try {
    const credential = (await navigator.credentials.get(options)) as (Credential & DigitalCredentialAnswer) | null;
    return credential ? { protocol: credential.protocol, data: credential.data } : undefined;
  } catch (error) {
    if (error instanceof DOMException && ENDED.includes(error.name)) return undefined;
    throw error;
  }
}
