import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectKeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
} from "@peculiar/asn1-x509";
import { sha256, toBase64 } from "../bytes";

/** What a certificate made for a test says. Defaults make a good leaf. */
export interface CertificateSpec {
  organisation: string;
  issuer: string;
  subjectKey: CryptoKey;
  issuerKey: CryptoKey;
  isAuthority?: boolean;
  pathLength?: number;
  purposes?: string[];
  notBefore?: Date;
  notAfter?: Date;
  keyUsage?: number;
  more?: Extension[];
}

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";

/** An X.509 certificate in DER, as anybody could make it. */
export async function makeCertificate(spec: CertificateSpec): Promise<Uint8Array<ArrayBuffer>> {
  const body = new TBSCertificate({
    version: 2,
    serialNumber: new Uint8Array([1, ...crypto.getRandomValues(new Uint8Array(8))]).buffer,
    signature: new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 }),
    issuer: name(spec.issuer),
    subject: name(spec.organisation),
    validity: new Validity({ notBefore: spec.notBefore ?? new Date("2025-01-01"), notAfter: spec.notAfter ?? new Date("2035-01-01") }),
    subjectPublicKeyInfo: AsnConvert.parse(await crypto.subtle.exportKey("spki", spec.subjectKey), SubjectPublicKeyInfo),
    extensions: new Extensions(extensions(spec)),
  });
  const signed = AsnConvert.serialize(body);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, spec.issuerKey, signed);
  const certificate = new Certificate({
    tbsCertificate: body,
    signatureAlgorithm: new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 }),
    signatureValue: derSignature(new Uint8Array(signature)).buffer,
  });
  return new Uint8Array(AsnConvert.serialize(certificate));
}

export function toPem(der: Uint8Array): string {
  return `-----BEGIN CERTIFICATE-----\n${toBase64(der)}\n-----END CERTIFICATE-----\n`;
}

/** By which issued certificates name the key. */
export async function subjectKeyOf(key: CryptoKey): Promise<Extension> {
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", key));
  const id = (await sha256(spki)).slice(0, 20);
  return extension(id_ce_subjectKeyIdentifier, new Uint8Array(AsnConvert.serialize(new SubjectKeyIdentifier(id))), false);
}

/** A critical extension that nobody knows. */
export function unknownExtension(): Extension {
  return extension("1.3.6.1.4.1.32473.99", new Uint8Array([5, 0]), true);
}

function extensions(spec: CertificateSpec): Extension[] {
  const isAuthority = spec.isAuthority ?? false;
  const constraints = new BasicConstraints({ cA: isAuthority, ...(spec.pathLength !== undefined && { pathLenConstraint: spec.pathLength }) });
  const usage = spec.keyUsage ?? (isAuthority ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature);
  const list = [
    extension(id_ce_basicConstraints, new Uint8Array(AsnConvert.serialize(constraints)), true),
    extension(id_ce_keyUsage, new Uint8Array(AsnConvert.serialize(new KeyUsage(usage as KeyUsageFlags))), true),
  ];
  if (spec.purposes) list.push(extension(id_ce_extKeyUsage, new Uint8Array(AsnConvert.serialize(new ExtendedKeyUsage(spec.purposes))), false));
  return [...list, ...(spec.more ?? [])];
}

function extension(extnID: string, value: Uint8Array<ArrayBuffer>, critical: boolean): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(value.buffer) });
}

function name(organisation: string): Name {
  const value = new AttributeValue({ utf8String: organisation });
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: "2.5.4.10", value })])]);
}

/** The SEQUENCE of two INTEGERs that certificates carry, from raw r and s. */
function derSignature(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const integer = (bytes: Uint8Array): number[] => {
    let start = 0;
    while (start < bytes.length - 1 && bytes[start] === 0) start++;
    const significant = [...bytes.subarray(start)];
    const value = (significant[0] ?? 0) & 0x80 ? [0, ...significant] : significant;
    return [2, value.length, ...value];
  };
  const content = [...integer(raw.subarray(0, 32)), ...integer(raw.subarray(32))];
  return new Uint8Array([0x30, content.length, ...content]);
}
