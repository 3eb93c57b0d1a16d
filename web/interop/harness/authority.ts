import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { calculateJwkThumbprint, exportJWK, importPKCS8, type CryptoKey } from "jose";
import type { HolderKey } from "./keys";

/** Extended key usages that wallets look for: signing cards (ISO/IEC 18013-5), and asking (ETSI TS 119 411-8). */
export const SIGNS_CARDS = "1.0.18013.5.1.2";
export const ASKS = "0.4.0.19411.8.1";
const COUNTRY = "UT";
const LIMIT_MS = 10_000;

/** A key with a certificate, here and as files. */
export interface Certified extends HolderKey {
  certificate: X509Certificate;
  /** As it goes into a header: the leaf alone. */
  x5c: [string];
  keyFile: string;
  chainFile: string;
}

const extensions = (authority: boolean, usage?: string) => `
[req]
distinguished_name = name
[name]
[own]
basicConstraints = critical, CA:${authority ? "TRUE" : "FALSE"}
keyUsage = critical, ${authority ? "keyCertSign, cRLSign" : "digitalSignature"}
subjectKeyIdentifier = hash
${authority ? "" : "authorityKeyIdentifier = keyid"}
${usage ? `extendedKeyUsage = ${usage}` : ""}
`;

/** Somebody who certifies, made by OpenSSL, with a root of its own. */
export class Authority {
  readonly root: X509Certificate;

  private constructor(
    private readonly folder: string,
    private readonly name: string,
  ) {
    this.root = new X509Certificate(readFileSync(this.rootFile));
  }

  static async found(folder: string, name: string): Promise<Authority> {
    await make(join(folder, `${name}-root`), `/C=${COUNTRY}/CN=${name} root`, extensions(true));
    return new Authority(folder, name);
  }

  get rootFile(): string {
    return this.#at("root.pem");
  }

  /** Certifies a new key of `subject` for one use, or for none in particular. */
  async certify(subject: string, usage?: string): Promise<Certified> {
    const base = this.#at(subject.replaceAll(/\W/g, "-"));
    await make(base, `/C=${COUNTRY}/O=${subject}/CN=${subject}`, extensions(false, usage), ["-CA", this.rootFile, "-CAkey", this.#at("root.key")]);
    const [keyFile, chainFile] = [`${base}.key`, `${base}.pem`];
    const certificate = new X509Certificate(readFileSync(chainFile));
    const privateKey: CryptoKey = await importPKCS8(readFileSync(keyFile, "utf8"), "ES256");
    const jwk = (await exportJWK(certificate.publicKey)) as HolderKey["jwk"];
    return { certificate, x5c: [certificate.raw.toString("base64")], jwk, privateKey, thumbprint: await calculateJwkThumbprint(jwk), keyFile, chainFile };
  }

  #at(ending: string): string {
    return join(this.folder, `${this.name}-${ending}`);
  }
}

async function make(base: string, subject: string, config: string, by: readonly string[] = []): Promise<void> {
  writeFileSync(`${base}.cnf`, config);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", `${base}.key`];
  const own = ["-config", `${base}.cnf`, "-extensions", "own", "-days", "30", "-subj", subject, "-out", `${base}.pem`];
  await promisify(execFile)("openssl", ["req", "-x509", ...key, ...own, ...by], { timeout: LIMIT_MS });
}
