import { AsnConvert } from "@peculiar/asn1-schema";
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate as Asn1Certificate,
  ExtendedKeyUsage,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  SubjectKeyIdentifier,
  type Extension,
  type Name,
} from "@peculiar/asn1-x509";
import { fromBase64, type Bytes } from "./bytes";

/** An X.509 certificate with a P-256 key, read once. */
export interface Certificate {
  readonly der: Bytes;
  readonly subject: Bytes;
  readonly issuer: Bytes;
  /** Organisation name of the subject, or its common name. */
  readonly holder: string | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Bytes;
  readonly isAuthority: boolean;
  readonly pathLength: number | undefined;
  readonly signsMessages: boolean;
  readonly signsCertificates: boolean;
  /** Extended key usages; `undefined` where the certificate names none. */
  readonly purposes: readonly string[] | undefined;
  readonly subjectKey: Bytes | undefined;
  readonly authorityKey: Bytes | undefined;
  readonly hasUnknownCritical: boolean;
  /** What the issuer signed, and its signature as raw r and s. */
  readonly signed: Bytes;
  readonly signature: Bytes;
}

export class CertificateError extends Error {
  override readonly name = "CertificateError";
}

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const ORGANISATION = "2.5.4.10";
const COMMON_NAME = "2.5.4.3";

export function readCertificate(der: Bytes): Certificate {
  try {
    return read(der);
  } catch (error) {
    if (error instanceof CertificateError) throw error;
    throw new CertificateError("a certificate cannot be read");
  }
}

/** The certificates of a PEM file. */
export function readPem(pem: string): Certificate[] {
  const blocks = pem.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g);
  return [...blocks].map(([, body]) => readCertificate(fromBase64((body ?? "").replace(/\s/g, ""))));
}

function read(der: Bytes): Certificate {
  const parsed = AsnConvert.parse(der, Asn1Certificate);
  const { tbsCertificate: body, tbsCertificateRaw: raw } = parsed;
  if (!raw || parsed.signatureAlgorithm.algorithm !== ECDSA_WITH_SHA256) throw new CertificateError("a certificate is not signed with ECDSA and SHA-256");
  const extensions = new Extensions(body.extensions ?? []);
  const constraints = extensions.value(id_ce_basicConstraints, BasicConstraints);
  const usage = extensions.value(id_ce_keyUsage, KeyUsage)?.toNumber() ?? 0;
  const purposes = extensions.value(id_ce_extKeyUsage, ExtendedKeyUsage);
  return {
    der,
    subject: encode(body.subject),
    issuer: encode(body.issuer),
    holder: nameOf(body.subject, ORGANISATION) ?? nameOf(body.subject, COMMON_NAME),
    notBefore: body.validity.notBefore.getTime(),
    notAfter: body.validity.notAfter.getTime(),
    publicKey: encode(body.subjectPublicKeyInfo),
    isAuthority: constraints?.cA ?? false,
    pathLength: constraints?.pathLenConstraint,
    signsMessages: (usage & KeyUsageFlags.digitalSignature) !== 0,
    signsCertificates: (usage & KeyUsageFlags.keyCertSign) !== 0,
    purposes: purposes && [...purposes],
    subjectKey: bytesOf(extensions.value(id_ce_subjectKeyIdentifier, SubjectKeyIdentifier)?.buffer),
    authorityKey: bytesOf(extensions.value(id_ce_authorityKeyIdentifier, AuthorityKeyIdentifier)?.keyIdentifier?.buffer),
    hasUnknownCritical: extensions.hasUnknownCritical(),
    signed: new Uint8Array(raw),
    signature: rawSignature(new Uint8Array(parsed.signatureValue)),
  };
}

class Extensions {
  static readonly #known = [id_ce_basicConstraints, id_ce_keyUsage, id_ce_extKeyUsage, id_ce_subjectAltName, id_ce_subjectKeyIdentifier, id_ce_authorityKeyIdentifier];
  readonly #list: readonly Extension[];

  constructor(list: readonly Extension[]) {
    if (new Set(list.map((extension) => extension.extnID)).size !== list.length) throw new CertificateError("an extension appears twice");
    this.#list = list;
  }

  value<T>(id: string, type: new () => T): T | undefined {
    const found = this.#list.find((extension) => extension.extnID === id);
    return found && AsnConvert.parse(found.extnValue.buffer, type);
  }

  hasUnknownCritical(): boolean {
    return this.#list.some((extension) => extension.critical && !Extensions.#known.includes(extension.extnID));
  }
}

function encode(value: unknown): Bytes {
  return new Uint8Array(AsnConvert.serialize(value));
}

function bytesOf(buffer: ArrayBuffer | undefined): Bytes | undefined {
  return buffer && new Uint8Array(buffer);
}

function nameOf(name: Name, type: string): string | undefined {
  for (const parts of name) for (const part of parts) if (part.type === type) return part.value.toString();
  return undefined;
}

/** r and s, 32 bytes each, out of the SEQUENCE of two INTEGERs that certificates carry. */
export function rawSignature(der: Bytes): Bytes {
  const raw = new Uint8Array(64);
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw new CertificateError("a signature is malformed");
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] ?? 0;
    const integer = der.subarray(at + 2, at + 2 + length);
    const significant = integer[0] === 0 ? integer.subarray(1) : integer;
    if (der[at] !== 0x02 || integer.length !== length || length === 0 || significant.length > 32) throw new CertificateError("a signature is malformed");
    raw.set(significant, end - significant.length);
    at += 2 + length;
  }
  if (at !== der.length) throw new CertificateError("a signature is malformed");
  return raw;
}
