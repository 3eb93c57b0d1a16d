import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { CoseKey, DeviceRequest, DeviceResponse, DocRequest, Holder, IssuerSigned, ItemsRequest, SessionTranscript, type MdocContext, type VerificationAssessment } from "@owf/mdoc";
import { DcqlQuery, type DcqlCredential } from "dcql";
import { calculateJwkThumbprint, type JWK } from "jose";
import type { HolderKey } from "./keys";
import type { Request } from "./show";
import { keyOf } from "./trust";

const ECDSA = { name: "ECDSA", hash: "SHA-256" } as const;

/** An mdoc and the key it is bound to. */
export interface Mdoc {
  document: IssuerSigned;
  key: HolderKey;
}

/** Cryptography for the library: WebCrypto, the platform's certificates, and the chain as for cards in the other format. */
export function context(keys: readonly HolderKey[] = []): MdocContext {
  const unused = () => {
    throw new Error("a shared key or a MAC has no place here");
  };
  const read = (certificate: Uint8Array) => new X509Certificate(certificate);
  return {
    crypto: {
      random: (length) => randomBytes(length),
      digest: ({ digestAlgorithm, bytes }) => createHash(digestAlgorithm.replace("-", "")).update(bytes).digest(),
      calculateEphemeralMacKey: unused,
    },
    cose: {
      sign1: {
        async sign({ toBeSigned, key: { jwk } }) {
          const key = keys.find((held) => held.jwk.x === jwk["x"]);
          if (!key) throw new TypeError("only the holder's keys sign");
          return new Uint8Array(await crypto.subtle.sign(ECDSA, key.privateKey, new Uint8Array(toBeSigned)));
        },
        async verify({ key: { jwk }, sign1 }) {
          const { kty, crv, x, y } = jwk as JWK & { kty: string };
          const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y } as never, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
          return crypto.subtle.verify(ECDSA, key, new Uint8Array(sign1.signature), new Uint8Array(sign1.toBeSigned));
        },
      },
      mac0: { sign: unused, verify: unused },
    },
    x509: {
      getIssuerNameField: ({ certificate, field }) => read(certificate).issuer.split("\n").flatMap((line) => (line.startsWith(`${field}=`) ? [line.slice(field.length + 1)] : [])),
      getPublicKey: ({ certificate }) => CoseKey.fromJwk({ ...read(certificate).publicKey.export({ format: "jwk" }) }),
      async verifyCertificateChain({ trustedCertificates: [root], x5chain }) {
        if (!root) throw new Error("a root to lead to");
        await keyOf(x5chain.map((certificate) => Buffer.from(certificate).toString("base64")), read(root));
      },
      getCertificateData({ certificate }) {
        const { issuer, subject, serialNumber, fingerprint256, validFrom, validTo } = read(certificate);
        return { issuerName: issuer, subjectName: subject, serialNumber, thumbprint: fingerprint256, notBefore: new Date(validFrom), notAfter: new Date(validTo), pem: read(certificate).toString() };
      },
    },
  };
}

/** Everything the library looks at in a document: signature, chain, digests, times. Answers each assessment. */
export async function assess(document: IssuerSigned, root: X509Certificate, now = new Date()): Promise<VerificationAssessment[]> {
  const seen: VerificationAssessment[] = [];
  await Holder.verifyIssuerSigned({ issuerSigned: document, trustedCertificates: [root.raw], now, verificationCallback: (assessment) => seen.push(assessment) }, context());
  return seen;
}

/** What an answer is bound to. */
export interface Session {
  clientId: string;
  nonce: string;
  responseUri: string;
  /** The key that it is encrypted to. */
  recipient?: JWK | undefined;
  /** The page that asked, where the browser carries question and answer. */
  origin?: string | undefined;
}

async function transcript({ recipient, origin, ...session }: Session, means: MdocContext): Promise<SessionTranscript> {
  const thumbprint = recipient && { jwkThumbprint: Buffer.from(await calculateJwkThumbprint(recipient), "base64url") };
  if (origin) return SessionTranscript.forOid4VpDcApi({ origin, nonce: session.nonce, ...thumbprint }, means);
  return SessionTranscript.forOid4Vp({ ...session, ...thumbprint }, means);
}

/** Verifies documents that are shown, and that their holder shows them in this session; answers what the one in it says. */
export async function verifyShownMdoc(shown: string, root: X509Certificate, session: Session): Promise<{ doctype: string; namespaces: Record<string, Record<string, unknown>> }> {
  const response = DeviceResponse.fromEncodedForOid4Vp(shown);
  await response.verify({ sessionTranscript: await transcript(session, context()), trustedCertificates: [root.raw] }, context());
  const [document, ...others] = response.documents ?? [];
  if (!document || others.length > 0) throw new Error("one document answers one query");
  const names = [...document.issuerSigned.issuerNamespaces.issuerNamespaces.keys()];
  return { doctype: document.docType, namespaces: Object.fromEntries(names.map((name) => [name, document.issuerSigned.getPrettyClaims(name) as Record<string, unknown>])) };
}

/** What the query asks of this document, found by the independent query engine. */
function requested({ query }: Request, document: IssuerSigned): DeviceRequest {
  const { docType } = document.issuerAuth.mobileSecurityObject;
  const namespaces = Object.fromEntries([...document.issuerNamespaces.issuerNamespaces.keys()].map((name) => [name, document.getPrettyClaims(name)]));
  const credential = { credential_format: "mso_mdoc", doctype: docType, namespaces: namespaces as never, cryptographic_holder_binding: true } satisfies DcqlCredential;
  const match = DcqlQuery.query(query, [credential]).credential_matches[query.credentials[0].id];
  if (!match?.success) throw new Error(`the document does not satisfy the query: ${JSON.stringify(match)}`);
  const found = match.valid_credentials[0].claims.valid_claim_sets[0].output as Record<string, Record<string, unknown>>;
  const items = Object.entries(found).map(([name, elements]) => [name, Object.fromEntries(Object.keys(elements).map((element) => [element, false]))]);
  const itemsRequest = ItemsRequest.create({ docType, namespaces: Object.fromEntries(items) as Record<string, Record<string, boolean>> });
  return DeviceRequest.create({ docRequests: [DocRequest.create({ itemsRequest })] });
}

/**
 * Shows what is asked for and nothing else, in the session of the request; with another nonce if `nonce` says so. With an
 * `origin` the request came through the browser, from a page there.
 */
export async function presentMdoc({ document, key }: Mdoc, request: Request, { nonce = request.payload.nonce, origin }: { nonce?: string; origin?: string } = {}): Promise<string> {
  const { client_id: clientId, response_uri: responseUri, response_mode: mode, client_metadata: metadata } = request.payload as { client_id: string; response_uri: string; response_mode: string; client_metadata: { jwks?: { keys: JWK[] } } };
  const recipient = mode.endsWith(".jwt") ? metadata.jwks?.keys[0] : undefined;
  const means = context([key]);
  const sessionTranscript = await transcript({ clientId, nonce, responseUri, recipient, origin }, means);
  const signature = { signingKey: CoseKey.fromJwk({ ...key.jwk, alg: "ES256" }) };
  const shown = await Holder.createDeviceResponseForDeviceRequest({ deviceRequest: requested(request, document), sessionTranscript, issuerSigned: [document], signature }, means);
  return shown.encodedForOid4Vp;
}
