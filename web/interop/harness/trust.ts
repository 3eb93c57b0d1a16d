import { X509Certificate } from "node:crypto";
import { importX509, type CryptoKey } from "jose";

/** The root that the authority publishes. */
export async function fetchRoot(origin: string): Promise<X509Certificate> {
  const response = await fetch(`${origin}/trust/authority.pem`, { signal: AbortSignal.timeout(10_000) });
  return new X509Certificate(await response.text());
}

/** The key of the leaf in `x5c`, once its chain is known to lead to `root`. */
export async function keyOf(x5c: readonly string[], root: X509Certificate): Promise<CryptoKey> {
  const chain = x5c.map((text) => new X509Certificate(Buffer.from(text, "base64")));
  const [leaf] = chain;
  if (!leaf || chain.some((certificate) => certificate.fingerprint256 === root.fingerprint256)) throw new Error("x5c has the leaf first and no root");
  [...chain, root].reduce((below, above) => {
    if (!below.checkIssued(above) || !below.verify(above.publicKey)) throw new Error("the chain does not lead to the authority");
    return above;
  });
  const now = Date.now();
  if (chain.some((certificate) => now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo))) throw new Error("a certificate is out of its time");
  return importX509(leaf.toString(), "ES256");
}
