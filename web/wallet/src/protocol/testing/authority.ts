import { SDJwtInstance } from "@sd-jwt/core";
import { sha256, toBase64, toBase64url, token, utf8 } from "../bytes";
import { readCertificate, type Certificate } from "../certificate";
import { PURPOSE } from "../chain";
import { signJwt } from "../jws";
import { makeCertificate, subjectKeyOf, toPem, type CertificateSpec } from "./certificates";

export const VCT = "urn:eudi:pid:1";

export const CLAIMS = {
  family_name: "Yamada",
  given_name: "Hanako",
  family_name_native: "山田",
  given_name_native: "花子",
  birthdate: "1990-04-05",
  sex: 2,
  nationalities: ["JP"],
  address: { formatted: "1-2-3 Aoba, Sendai", country: "JP" },
  personal_administrative_number: "UT-1234-5678",
  document_number: "AB1234567",
  assurance_level: "light",
};

interface Party {
  key: CryptoKey;
  /** Standard base64, as in `x5c`. */
  certificate: string;
}

/** An authority with a root of its own, made anew for each test. */
export class TestAuthority {
  private constructor(
    readonly root: Certificate,
    readonly pem: string,
    private readonly key: CryptoKey,
  ) {}

  static async make(): Promise<TestAuthority> {
    const { privateKey, publicKey } = await keyPair();
    const der = await makeCertificate({ organisation: "Test Authority", issuer: "Test Authority", subjectKey: publicKey, issuerKey: privateKey, isAuthority: true, more: [await subjectKeyOf(publicKey)] });
    return new TestAuthority(readCertificate(der), toPem(der), privateKey);
  }

  /** A key with a leaf certificate under the root. */
  async party(organisation: string, purpose: string, changes: Partial<CertificateSpec> = {}): Promise<Party> {
    const { privateKey, publicKey } = await keyPair();
    const spec = { organisation, issuer: "Test Authority", subjectKey: publicKey, issuerKey: this.key, purposes: [purpose], ...changes };
    return { key: privateKey, certificate: toBase64(await makeCertificate(spec)) };
  }

  /** A card for the holder of `holderKey`, every claim selectively disclosable. */
  async card(holderKey: object, changes: { claims?: object; frame?: object; typ?: string; exp?: number; signer?: Party; status?: string } = {}): Promise<string> {
    const signer = changes.signer ?? (await this.party("Test Authority Document Signer", PURPOSE.documentSigner));
    const claims = (changes.claims ?? CLAIMS) as Record<string, unknown>;
    const sign = async (data: string) => toBase64url(new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, signer.key, utf8(data))));
    const hasher = (data: string | ArrayBuffer) => sha256(typeof data === "string" ? utf8(data) : new Uint8Array(data));
    const issuer = new SDJwtInstance<Record<string, unknown>>({ signer: sign, signAlg: "ES256", hasher, hashAlg: "sha-256", saltGenerator: token });
    const payload = {
      vct: VCT,
      iss: "https://id.example",
      iat: 1_760_000_000,
      exp: changes.exp ?? 2_000_000_000,
      cnf: { jwk: holderKey },
      status: { status_list: { uri: changes.status ?? "https://id.example/status/1", idx: 5 } },
      ...claims,
    };
    const frame = { _sd: Object.keys(claims), ...("address" in claims && { address: { _sd: Object.keys(claims["address"] as object) } }), ...changes.frame };
    return issuer.issue(payload, frame as never, { header: { typ: changes.typ ?? "dc+sd-jwt", x5c: [signer.certificate] } });
  }

  /** A status list in which the entry at `index` is `value`, two bits each. */
  async statusList(uri: string, index: number, value: number): Promise<string> {
    const list = new Uint8Array(16);
    list[Math.floor(index / 4)] = value << ((index % 4) * 2);
    const packed = new Blob([list]).stream().pipeThrough(new CompressionStream("deflate"));
    const lst = toBase64url(new Uint8Array(await new Response(packed).arrayBuffer()));
    const signer = await this.party("Test Authority Status", PURPOSE.statusSigner);
    const header = { alg: "ES256", typ: "statuslist+jwt", x5c: [signer.certificate] };
    return signJwt(header, { sub: uri, iat: 1_760_000_000, status_list: { bits: 2, lst } }, signer.key);
  }
}

export function keyPair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
}
