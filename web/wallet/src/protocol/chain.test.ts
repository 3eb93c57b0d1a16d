import { KeyUsageFlags } from "@peculiar/asn1-x509";
import { expect, test } from "vitest";
import { toBase64 } from "./bytes";
import { rawSignature, readCertificate, readPem } from "./certificate";
import { PURPOSE, verifyChain } from "./chain";
import { keyPair, TestAuthority } from "./testing/authority";
import { makeCertificate, unknownExtension, type CertificateSpec } from "./testing/certificates";

const NOW = new Date("2026-11-01T00:00:00Z");
const authority = await TestAuthority.make();

function verdict(x5c: string[], purpose: (typeof PURPOSE)[keyof typeof PURPOSE] = PURPOSE.accessCertificate) {
  return verifyChain(x5c, [authority.root], NOW, purpose);
}

async function leaf(changes: Partial<CertificateSpec> = {}): Promise<string> {
  return (await authority.party("Hotel Aoba", PURPOSE.accessCertificate, changes)).certificate;
}

test("a leaf under the root is accepted and names its holder", async () => {
  expect((await verdict([await leaf()])).holder).toBe("Hotel Aoba");
});

test("an intermediate authority may stand between", async () => {
  const { privateKey, publicKey } = await keyPair();
  const middle = await authority.party("Middle", "", { subjectKey: publicKey, isAuthority: true, purposes: [PURPOSE.accessCertificate], pathLength: 0 });
  const end = await leaf({ issuer: "Middle", issuerKey: privateKey });
  await expect(verdict([end, middle.certificate])).resolves.toMatchObject({ holder: "Hotel Aoba" });
});

test.each<[string, Partial<CertificateSpec>, string]>([
  ["for another purpose", { purposes: [PURPOSE.documentSigner] }, "not for this purpose"],
  ["without a purpose", { purposes: [] }, "cannot be read|not for this purpose"],
  ["that has expired", { notAfter: new Date("2026-10-31") }, "expired"],
  ["whose time has not come", { notBefore: new Date("2026-12-01") }, "not valid yet"],
  ["that is an authority", { isAuthority: true, keyUsage: KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature }, "is an authority"],
  ["whose key is not for signatures", { keyUsage: KeyUsageFlags.keyAgreement }, "not for signatures"],
  ["with an unknown critical extension", { more: [unknownExtension()] }, "not understood"],
  ["that names another issuer", { issuer: "Somebody" }, "nobody we trust"],
])("a leaf %s is refused", async (_, changes, reason) => {
  await expect(leaf(changes).then((certificate) => verdict([certificate]))).rejects.toThrow(new RegExp(reason));
});

test("a leaf that a stranger signed under the root's name is refused", async () => {
  const stranger = await keyPair();
  await expect(verdict([await leaf({ issuerKey: stranger.privateKey })])).rejects.toThrow("nobody we trust");
});

test("a self-signed leaf is refused", async () => {
  const { privateKey, publicKey } = await keyPair();
  const own = await leaf({ organisation: "Me", issuer: "Me", subjectKey: publicKey, issuerKey: privateKey });
  await expect(verdict([own])).rejects.toThrow("self-signed");
});

test("the root must not come along", async () => {
  await expect(verdict([await leaf(), toBase64(authority.root.der)])).rejects.toThrow("self-signed");
});

test("a leaf that issues another leaf is refused", async () => {
  const { privateKey, publicKey } = await keyPair();
  const middle = await authority.party("Not an authority", PURPOSE.accessCertificate, { subjectKey: publicKey });
  await expect(verdict([await leaf({ issuer: "Not an authority", issuerKey: privateKey }), middle.certificate])).rejects.toThrow("no authority");
});

test("a root that allows no authority below itself is obeyed", async () => {
  const top = await keyPair();
  const root = readCertificate(await makeCertificate({ organisation: "Top", issuer: "Top", subjectKey: top.publicKey, issuerKey: top.privateKey, isAuthority: true, pathLength: 0 }));
  const middle = await keyPair();
  const between = await authority.party("Middle", "", { issuer: "Top", issuerKey: top.privateKey, subjectKey: middle.publicKey, isAuthority: true, purposes: [PURPOSE.accessCertificate] });
  const end = await leaf({ issuer: "Middle", issuerKey: middle.privateKey });
  await expect(verifyChain([end, between.certificate], [root], NOW, PURPOSE.accessCertificate)).rejects.toThrow("fewer authorities");
});

test("an empty chain, a long chain and noise are refused", async () => {
  const one = await leaf();
  await expect(verdict([])).rejects.toThrow("empty");
  await expect(verdict([one, one, one, one, one])).rejects.toThrow("too long");
  await expect(verdict(["AAAA"])).rejects.toThrow("cannot be read");
  await expect(verdict([one.slice(0, -40)])).rejects.toThrow();
});

test("one changed byte breaks the signature", async () => {
  const bytes = Uint8Array.from(atob(await leaf()), (character) => character.charCodeAt(0));
  const name = "Hotel Aoba".split("").map((character) => character.charCodeAt(0));
  const at = bytes.findIndex((_, index) => name.every((byte, offset) => bytes[index + offset] === byte));
  bytes[at] = "M".charCodeAt(0);
  await expect(verdict([toBase64(bytes)])).rejects.toThrow("nobody we trust");
});

test("a PEM file gives its certificates", () => {
  expect(readPem(`# root\n${authority.pem}`).map(({ holder }) => holder)).toEqual(["Test Authority"]);
  expect(readPem("nothing")).toEqual([]);
});

test("malformed signatures are refused", () => {
  for (const bytes of [[], [0x30, 0], [0x30, 4, 2, 1, 1, 2], [0x30, 6, 2, 1, 1, 2, 1, 1, 9], [0x31, 6, 2, 1, 1, 2, 1, 1]]) {
    expect(() => rawSignature(new Uint8Array(bytes)), String(bytes)).toThrow("malformed");
  }
});
