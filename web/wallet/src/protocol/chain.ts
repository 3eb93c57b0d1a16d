import { equal, fromBase64 } from "./bytes";
import { CertificateError, readCertificate, type Certificate } from "./certificate";

/** What a leaf certificate may be used for, by extended key usage. */
export const PURPOSE = {
  documentSigner: "1.0.18013.5.1.2",
  statusSigner: "1.3.6.1.4.1.32473.20.1",
  accessCertificate: "0.4.0.19411.8.1",
} as const;

export type Purpose = (typeof PURPOSE)[keyof typeof PURPOSE];

const MOST_CERTIFICATES = 4;

/**
 * The leaf of `x5c`, if the chain leads to one of `anchors` and may be used for `purpose` at `now`.
 *
 * @throws {CertificateError} with what is wrong.
 */
export async function verifyChain(x5c: readonly string[], anchors: readonly Certificate[], now: Date, purpose: Purpose): Promise<Certificate> {
  if (x5c.length > MOST_CERTIFICATES) throw new CertificateError("the chain is too long");
  const chain = x5c.map((text) => readCertificate(fromBase64(text)));
  const leaf = chain[0];
  if (!leaf) throw new CertificateError("the chain is empty");
  if (chain.some((certificate) => isSelfIssued(certificate) || anchors.some((anchor) => isSame(certificate, anchor)))) {
    throw new CertificateError("the chain contains a self-signed certificate");
  }
  fitLeaf(leaf, purpose);
  for (const [index, certificate] of chain.entries()) {
    inTime(certificate, now);
    const issuers = index + 1 < chain.length ? chain.slice(index + 1, index + 2) : anchors;
    const issuer = await issuerOf(certificate, issuers);
    inTime(issuer, now);
    fitAuthority(issuer, index, purpose);
  }
  return leaf;
}

/** The key of a certificate, for checking signatures. */
export function importKey(certificate: Certificate): Promise<CryptoKey> {
  return crypto.subtle.importKey("spki", certificate.publicKey, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);
}

async function issuerOf(certificate: Certificate, candidates: readonly Certificate[]): Promise<Certificate> {
  for (const candidate of candidates) {
    const named = equal(certificate.issuer, candidate.subject) && !otherKey(certificate, candidate);
    if (named && (await signedBy(certificate, candidate))) return candidate;
  }
  throw new CertificateError("nobody we trust issued a certificate of the chain");
}

function otherKey(certificate: Certificate, issuer: Certificate): boolean {
  const { authorityKey } = certificate;
  return authorityKey !== undefined && issuer.subjectKey !== undefined && !equal(authorityKey, issuer.subjectKey);
}

async function signedBy(certificate: Certificate, issuer: Certificate): Promise<boolean> {
  try {
    const key = await importKey(issuer);
    return await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, certificate.signature, certificate.signed);
  } catch {
    return false;
  }
}

function isSelfIssued(certificate: Certificate): boolean {
  return equal(certificate.subject, certificate.issuer);
}

function isSame(a: Certificate, b: Certificate): boolean {
  return equal(a.subject, b.subject) && equal(a.publicKey, b.publicKey);
}

function inTime(certificate: Certificate, now: Date): void {
  if (now < certificate.notBefore) throw new CertificateError("a certificate is not valid yet");
  if (now > certificate.notAfter) throw new CertificateError("a certificate has expired");
  if (certificate.hasUnknownCritical) throw new CertificateError("a certificate has a critical extension that is not understood");
}

function fitLeaf(leaf: Certificate, purpose: Purpose): void {
  if (leaf.isAuthority) throw new CertificateError("the leaf is an authority");
  if (!leaf.signsMessages) throw new CertificateError("the leaf's key is not for signatures");
  if (!leaf.purposes?.includes(purpose)) throw new CertificateError("the leaf is not for this purpose");
}

/** `below` counts the authorities between the issuer and the leaf. */
function fitAuthority(issuer: Certificate, below: number, purpose: Purpose): void {
  if (!issuer.isAuthority || !issuer.signsCertificates) throw new CertificateError("an issuer is no authority");
  if (issuer.pathLength !== undefined && below > issuer.pathLength) throw new CertificateError("an issuer allows fewer authorities below itself");
  if (issuer.purposes && !issuer.purposes.includes(purpose)) throw new CertificateError("an issuer is not for this purpose");
}
