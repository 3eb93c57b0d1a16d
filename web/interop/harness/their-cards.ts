import { createHash, randomBytes } from "node:crypto";
import { CoseKey, DateOnly, DeviceKey, Issuer, SignatureAlgorithm } from "@owf/mdoc";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import type { JWK } from "jose";
import type { Certified } from "./authority";
import { context } from "./mdoc";

export const VCT = "urn:eudi:pid:1";
export const DOCTYPE = "eu.europa.ec.eudi.pid.1";
/** The person on all cards made here. */
export const PERSON = { family_name: "Sato", given_name: "Hana", birthdate: "1991-04-03", nationalities: ["JP"] };
const DAY_MS = 86_400_000;

/** What a card is made with. */
export interface Making {
  signer: Certified;
  issuer: string;
  holder: JWK;
}

/** A card by @sd-jwt/sd-jwt-vc, every claim about the person to be shown by itself. */
export async function makeSdJwt({ signer, issuer, holder }: Making): Promise<string> {
  const { kty, crv, x, y } = holder;
  const instance = new SDJwtVcInstance({
    hasher: (data) => createHash("sha256").update(typeof data === "string" ? data : new Uint8Array(data)).digest(),
    hashAlg: "sha-256",
    saltGenerator: (length) => randomBytes(length).toString("base64url"),
    signAlg: "ES256",
    signer: async (data) => Buffer.from(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, signer.privateKey, Buffer.from(data))).toString("base64url"),
  });
  const now = Math.floor(Date.now() / 1000);
  const payload = { iss: issuer, vct: VCT, iat: now, nbf: now, exp: now + 7 * 86_400, cnf: { jwk: { kty, crv, x, y } }, ...PERSON };
  return instance.issue(payload as never, { _sd: Object.keys(PERSON) } as never, { header: { x5c: signer.x5c } });
}

/** The same card by @owf/mdoc. */
export async function makeMdoc({ signer, holder }: Making): Promise<string> {
  const { family_name, given_name, birthdate, nationalities } = PERSON;
  const elements = { family_name, given_name, birth_date: new DateOnly(birthdate), nationality: nationalities };
  const now = new Date(Math.floor(Date.now() / 1000) * 1000);
  const { kty, crv, x, y } = holder;
  const made = await new Issuer(DOCTYPE, context([signer])).addIssuerNamespace(DOCTYPE, elements).sign({
    signingKey: CoseKey.fromJwk({ ...signer.jwk, alg: "ES256" }),
    algorithm: SignatureAlgorithm.ES256,
    digestAlgorithm: "SHA-256",
    validityInfo: { signed: now, validFrom: now, validUntil: new Date(now.getTime() + 7 * DAY_MS) },
    deviceKeyInfo: { deviceKey: DeviceKey.fromJwk({ kty, crv, x, y }) },
    certificates: [signer.certificate.raw],
  });
  return made.encodedForOid4Vci;
}
