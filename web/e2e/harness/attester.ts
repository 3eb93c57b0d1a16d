import { execFile } from "node:child_process";
import { randomUUID, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { exportJWK, generateKeyPair, importPKCS8, SignJWT, type CryptoKey, type JWK } from "jose";

/** The one whose root the server is told. */
export const ATTESTER = "attester";
const DAYS = "30";
const LIMIT_MS = 10_000;

const PROFILES = `
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`;

/** Somebody who attests wallets and the keys that they keep. */
export interface Attester {
  /** As it goes into a header: the leaf alone. */
  x5c: string[];
  key: CryptoKey;
}

/** Makes an attester with a root of its own, by OpenSSL; answers the file with that root. */
export async function foundAttester(folder: string, name: string): Promise<string> {
  const at = (ending: string) => join(folder, `${name}-${ending}`);
  const profiles = at("profiles.cnf");
  writeFileSync(profiles, PROFILES);
  const certify = (what: "root" | "leaf", by: readonly string[]) => {
    const fixed = ["req", "-x509", "-config", profiles, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", DAYS];
    const own = ["-extensions", what, "-subj", `/CN=${name} ${what}`, "-keyout", at(`${what}.key`), "-out", at(`${what}.pem`)];
    return promisify(execFile)("openssl", [...fixed, ...own, ...by], { timeout: LIMIT_MS });
  };
  await certify("root", []);
  await certify("leaf", ["-CA", at("root.pem"), "-CAkey", at("root.key")]);
  return at("root.pem");
}

/** The attester that was made under this name. */
export async function attester(folder: string, name = ATTESTER): Promise<Attester> {
  const read = (ending: string) => readFileSync(join(folder, `${name}-leaf.${ending}`), "utf8");
  const leaf = new X509Certificate(read("pem"));
  return { x5c: [leaf.raw.toString("base64")], key: await importPKCS8(read("key"), "ES256") };
}

/** Signs a statement of the attester that is good for five minutes. */
export function attest({ x5c, key }: Attester, typ: string, claims: Record<string, unknown>): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: "ES256", typ, x5c }).setIssuedAt().setExpirationTime("5m").sign(key);
}

/** Pushes a request for a card as the wallet `client`, which is answered at `redirectUri`; answers the address of the page for it. */
export async function pushRequest(origin: string, by: Attester, { client, redirectUri }: { client: string; redirectUri: string }): Promise<string> {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const jwk: JWK = await exportJWK(publicKey);
  const attestation = await attest(by, "oauth-client-attestation+jwt", { iss: "https://provider.example", sub: client, cnf: { jwk } });
  const proof = new SignJWT({ iss: client, aud: origin, jti: randomUUID() }).setProtectedHeader({ alg: "ES256", typ: "oauth-client-attestation-pop+jwt" });
  const headers = { "oauth-client-attestation": attestation, "oauth-client-attestation-pop": await proof.setIssuedAt().sign(privateKey) };
  // Nobody redeems what comes of this, so any challenge will do.
  const body = new URLSearchParams({ client_id: client, response_type: "code", redirect_uri: redirectUri, state: "a state", scope: "mibun_card", code_challenge: "A".repeat(43), code_challenge_method: "S256" });
  const answer = await fetch(`${origin}/par`, { method: "POST", headers, body, signal: AbortSignal.timeout(LIMIT_MS) });
  if (answer.status !== 201) throw new Error(`pushing a request: ${answer.status} ${await answer.text()}`);
  const { request_uri } = (await answer.json()) as { request_uri: string };
  return `${origin}/authorize?${new URLSearchParams({ client_id: client, request_uri })}`;
}
