import type { CardFormat } from "./query";

/** How answers and requests are encrypted: the agreement of a key, and then, the strongest first, the content. */
export const AGREEMENT = "ECDH-ES";
export const ENCRYPTIONS = ["A256GCM", "A128GCM"] as const;

/**
 * What cards and their holders' proofs are signed with, as an entry of `vp_formats_supported` lists it: ES256 in JOSE and, alone
 * and with its curve, by its numbers in COSE. What is offered to askers is what is taken of theirs.
 */
export const ALGORITHMS: Readonly<Record<CardFormat, Readonly<Record<string, readonly unknown[]>>>> = {
  "dc+sd-jwt": { "sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"] },
  mso_mdoc: { issuerauth_alg_values: [-7, -9], deviceauth_alg_values: [-7, -9] },
};
