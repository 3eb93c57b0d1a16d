import { CoseKey, DateOnly, DeviceKey, DeviceResponse, Issuer, SessionTranscript, SignatureAlgorithm, type MdocContext } from "@owf/mdoc";
import { fromBase64, toBase64, type Bytes } from "../bytes";
import { importKey, PURPOSE, verifyChain } from "../chain";
import { readCertificate } from "../certificate";
import { publicJwk } from "../jws";
import { DOCTYPE, OWN_NAMESPACE } from "../mdoc/elements";
import type { MdocSession } from "../mdoc/present";
import type { TestAuthority } from "./authority";

/** Elements by namespace. */
export type Elements = Record<string, Record<string, unknown>>;

const ECDSA = { name: "ECDSA", hash: "SHA-256" } as const;

/** What the claims of the test authority's cards are as elements. */
export const ELEMENTS: Elements = {
  [DOCTYPE]: {
    family_name: "Yamada",
    given_name: "Hanako",
    birth_date: new DateOnly("1990-04-05"),
    sex: 2,
    nationality: ["JP"],
    resident_address: "1-2-3 Aoba, Sendai",
    resident_country: "JP",
    personal_administrative_number: "UT-1234-5678",
    document_number: "AB1234567",
  },
  [OWN_NAMESPACE]: { family_name_native: "山田", given_name_native: "花子", assurance_level: "light" },
};

/** A document for the holder of `holderKey`, made by the library of another maker. */
export async function makeMdoc(authority: TestAuthority, holderKey: object, elements: Elements, { doctype = DOCTYPE, until = "2033-05-18T03:33:20Z" } = {}): Promise<string> {
  const signer = await authority.party("Test Authority Document Signer", PURPOSE.documentSigner);
  const certificate = readCertificate(fromBase64(signer.certificate));
  const issuer = new Issuer(doctype, context({ sign: signer.key }));
  for (const [namespace, values] of Object.entries(elements)) issuer.addIssuerNamespace(namespace, values);
  const made = await issuer.sign({
    signingKey: CoseKey.fromJwk({ ...(await publicJwk(await importKey(certificate))), alg: "ES256" }),
    algorithm: SignatureAlgorithm.ES256,
    digestAlgorithm: "SHA-256",
    validityInfo: { signed: new Date("2026-10-01T00:00:00Z"), validFrom: new Date("2026-10-01T00:00:00Z"), validUntil: new Date(until) },
    deviceKeyInfo: { deviceKey: DeviceKey.fromJwk(holderKey as never) },
    certificates: [fromBase64(signer.certificate)],
  });
  return made.encodedForOid4Vci;
}

/** Verifies what is shown with the same library; answers what it says, and what the device says itself. */
export async function verifyShown(shown: string, authority: TestAuthority, { keyThumbprint, ...session }: MdocSession): Promise<{ elements: Elements; device: Elements }> {
  const means = context({ authority });
  const sessionTranscript = await SessionTranscript.forOid4Vp({ ...session, ...(keyThumbprint && { jwkThumbprint: keyThumbprint }) }, means);
  const response = DeviceResponse.fromEncodedForOid4Vp(shown);
  await response.verify({ sessionTranscript, trustedCertificates: [authority.root.der], now: new Date("2026-11-01T00:00:00Z") }, means);
  const [document] = response.documents ?? [];
  if (!document) throw new Error("one document answers one query");
  const names = [...document.issuerSigned.issuerNamespaces.issuerNamespaces.keys()];
  const elements = Object.fromEntries(names.map((name) => [name, document.issuerSigned.getPrettyClaims(name) as Record<string, unknown>]));
  const device = [...document.deviceSigned.deviceNamespaces.deviceNamespaces].map(([name, items]) => [name, Object.fromEntries(items.deviceSignedItems)]);
  return { elements, device: Object.fromEntries(device) as Elements };
}

/** Cryptography for the library. */
function context({ sign, authority }: { sign?: CryptoKey; authority?: TestAuthority }): MdocContext {
  const unused = () => {
    throw new Error("has no place here");
  };
  return {
    crypto: {
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      digest: async ({ digestAlgorithm, bytes }) => new Uint8Array(await crypto.subtle.digest(digestAlgorithm, new Uint8Array(bytes))),
      calculateEphemeralMacKey: unused,
    },
    cose: {
      sign1: {
        sign: async ({ toBeSigned }) => (sign ? new Uint8Array(await crypto.subtle.sign(ECDSA, sign, new Uint8Array(toBeSigned))) : unused()),
        async verify({ key: { jwk }, sign1 }) {
          const { kty, crv, x, y } = jwk as Record<string, string>;
          const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y } as JsonWebKey, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
          return crypto.subtle.verify(ECDSA, key, new Uint8Array(sign1.signature), new Uint8Array(sign1.toBeSigned));
        },
      },
      mac0: { sign: unused, verify: unused },
    },
    x509: {
      // The library wants a country; certificates made for tests have none.
      getIssuerNameField: ({ field }) => (field === "C" ? ["UT"] : []),
      async getPublicKey({ certificate }) {
        return CoseKey.fromJwk(await publicJwk(await importKey(readCertificate(new Uint8Array(certificate)))));
      },
      async verifyCertificateChain({ x5chain }) {
        if (authority) await verifyChain(x5chain.map((der) => toBase64(der as Bytes)), [authority.root], new Date("2026-11-01T00:00:00Z"), PURPOSE.documentSigner);
      },
      getCertificateData: ({ certificate }) => {
        const { notBefore, notAfter } = readCertificate(new Uint8Array(certificate));
        return { issuerName: "", subjectName: "", serialNumber: "", thumbprint: "", notBefore, notAfter, pem: "" };
      },
    },
  };
}
