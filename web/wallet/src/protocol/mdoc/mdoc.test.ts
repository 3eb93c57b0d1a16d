import { encode } from "cborg";
import { beforeAll, expect, test } from "vitest";
import { fromBase64, fromBase64url, toBase64url } from "../bytes";
import { PURPOSE } from "../chain";
import { publicJwk } from "../jws";
import { keyPair, TestAuthority } from "../testing/authority";
import { ELEMENTS, makeMdoc, verifyShown } from "../testing/documents";
import { embedded, read, unembedded, write } from "./cbor";
import { ES256_HEADER, toBeSigned } from "./cose";
import { readMdocText, takeApart } from "./document";
import { DOCTYPE, OWN_NAMESPACE } from "./elements";
import { deviceNamespaces, presentMdoc, type MdocSession } from "./present";

const NOW = new Date("2026-11-01T00:00:00Z");
const SESSION: MdocSession = { clientId: "x509_hash:abc", nonce: "n-1", responseUri: "https://id.example/vp/responses/1", keyThumbprint: new Uint8Array(32).fill(7) };
let authority: TestAuthority;
let device: CryptoKeyPair;
let mdoc: string;

beforeAll(async () => {
  [authority, device] = [await TestAuthority.make(), await keyPair()];
  mdoc = await makeMdoc(authority, await publicJwk(device.publicKey), ELEMENTS);
});

const sign = async (bytes: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, device.privateKey, bytes));
const readIt = (text = mdoc, now = NOW) => readMdocText(text, [authority.root], now);

test("a document by another maker's library is read under the names of the other format", async () => {
  const content = await readIt();
  expect(content).toMatchObject({ doctype: DOCTYPE, holderKey: await publicJwk(device.publicKey), expiresAt: Date.parse("2033-05-18T03:33:20Z") / 1000, status: undefined });
  expect(content.claims).toEqual({
    family_name: "Yamada",
    given_name: "Hanako",
    birthdate: "1990-04-05",
    sex: 2,
    nationalities: ["JP"],
    address: { formatted: "1-2-3 Aoba, Sendai", country: "JP" },
    personal_administrative_number: "UT-1234-5678",
    document_number: "AB1234567",
    family_name_native: "山田",
    given_name_native: "花子",
    assurance_level: "light",
  });
});

test("what is shown is what was chosen, and that library believes it", async () => {
  const shown = await presentMdoc(mdoc, { paths: [[DOCTYPE, "family_name"], [OWN_NAMESPACE, "assurance_level"], [DOCTYPE, "nationality"]], session: SESSION, sign });
  expect(await verifyShown(shown, authority, SESSION)).toEqual({
    elements: { [DOCTYPE]: { family_name: "Yamada", nationality: ["JP"] }, [OWN_NAMESPACE]: { assurance_level: "light" } },
    device: {},
  });
});

test("a keeper of keys says how it recognised the holder", async () => {
  const shown = await presentMdoc(mdoc, { paths: [[DOCTYPE, "family_name"]], session: SESSION, methods: ["pwd"], sign });
  expect((await verifyShown(shown, authority, SESSION)).device).toEqual({ [OWN_NAMESPACE]: { amr: ["pwd"] } });
  expect(deviceNamespaces(["pwd"])).toEqual(write(new Map([[OWN_NAMESPACE, new Map([["amr", ["pwd"]]])]])));
});

test.each<[string, Partial<MdocSession>]>([
  ["nonce", { nonce: "n-2" }],
  ["asker", { clientId: "x509_hash:abd" }],
  ["address", { responseUri: "https://id.example/vp/responses/2" }],
  ["key", { keyThumbprint: undefined }],
])("what was shown in another session, by its %s, proves nothing", async (_, other) => {
  const shown = await presentMdoc(mdoc, { paths: [[DOCTYPE, "family_name"]], session: SESSION, sign });
  await expect(verifyShown(shown, authority, { ...SESSION, ...other })).rejects.toThrow();
});

test("an element that the document does not have cannot be shown", async () => {
  await expect(presentMdoc(mdoc, { paths: [[DOCTYPE, "portrait"]], session: SESSION, sign })).rejects.toThrow("request_unsupported");
});

/** The document with one part changed, encoded again. */
function changed(change: (outer: Map<string, unknown>) => void): string {
  const outer = read(fromBase64url(mdoc)) as Map<string, unknown>;
  change(outer);
  return toBase64url(write(outer));
}

const itemsOf = (outer: Map<string, unknown>) => (outer.get("nameSpaces") as Map<string, { value: Uint8Array }[]>).get(DOCTYPE) ?? [];
const authOf = (outer: Map<string, unknown>) => outer.get("issuerAuth") as Uint8Array[];

test.each<[string, (outer: Map<string, unknown>) => void]>([
  ["an element that was changed", (outer) => itemsOf(outer)[0]?.value.set([0x61], 30)],
  ["an element that comes twice", (outer) => itemsOf(outer).push(itemsOf(outer)[0] as never)],
  ["a signature that was changed", (outer) => authOf(outer)[3]?.set([1, 2, 3])],
  ["content that was changed", (outer) => authOf(outer)[2]?.set([0x31], 60)],
  ["another algorithm", (outer) => (authOf(outer)[0] = write(new Map([[1, -35]])))],
  ["no certificates", (outer) => (authOf(outer)[1] = new Map() as never)],
  ["a fifth part of the signature", (outer) => authOf(outer).push(new Uint8Array())],
  ["no elements", (outer) => outer.delete("nameSpaces")],
])("a document with %s is refused", async (_, change) => {
  await expect(readIt(changed(change))).rejects.toThrow("card_not_genuine");
});

/** A document of the authority's that says something else than it would, rightly signed. */
async function signedAnew(change: (mso: Map<string, unknown>, outer: Map<string, unknown>) => void, header = ES256_HEADER): Promise<string> {
  const signer = await authority.party("Test Authority Document Signer", PURPOSE.documentSigner);
  const outer = read(fromBase64url(mdoc)) as Map<string, unknown>;
  const mso = read(unembedded(read(authOf(outer)[2] as Uint8Array<ArrayBuffer>))) as Map<string, unknown>;
  change(mso, outer);
  const payload = write(embedded(write(mso)));
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, signer.key, toBeSigned(header, payload));
  outer.set("issuerAuth", [header, new Map([[33, fromBase64(signer.certificate)]]), payload, new Uint8Array(signature)]);
  return toBase64url(write(outer));
}

test("a document that is signed anew as it was is read", async () => {
  expect((await readIt(await signedAnew(() => undefined))).claims).toMatchObject({ family_name: "Yamada" });
});

test.each<[string, (mso: Map<string, unknown>, outer: Map<string, unknown>) => void]>([
  ["another hash", (mso) => mso.set("digestAlgorithm", "SHA-512")],
  ["another version", (mso) => mso.set("version", "2.0")],
  ["no digests for a namespace", (mso) => (mso.get("valueDigests") as Map<string, unknown>).delete(OWN_NAMESPACE)],
  ["a key of another curve", (mso) => ((mso.get("deviceKeyInfo") as Map<string, Map<number, unknown>>).get("deviceKey") as Map<number, unknown>).set(-1, 2)],
  ["a status without a place", (mso) => mso.set("status", new Map([["status_list", new Map([["uri", "https://id.example/status/1"]])]]))],
  ["no time", (mso) => mso.delete("validityInfo")],
])("a document of the authority's with %s is refused", async (_, change) => {
  await expect(readIt(await signedAnew(change))).rejects.toThrow("card_not_genuine");
});

test("a document that is signed under the name of another algorithm is refused", async () => {
  await expect(readIt(await signedAnew(() => undefined, write(new Map([[1, -35]]))))).rejects.toThrow("card_not_genuine");
});

test("a document with a status says where it stands", async () => {
  const status = new Map([["status_list", new Map<string, unknown>([["uri", "https://id.example/status/1"], ["idx", 7]])]]);
  expect((await readIt(await signedAnew((mso) => mso.set("status", status)))).status).toEqual({ uri: "https://id.example/status/1", index: 7 });
});

test("a document of another authority, another type, or another time is refused", async () => {
  const jwk = await publicJwk(device.publicKey);
  await expect(readIt(await makeMdoc(await TestAuthority.make(), jwk, ELEMENTS))).rejects.toThrow("nobody we trust");
  await expect(readIt(await makeMdoc(authority, jwk, ELEMENTS, { doctype: "org.iso.18013.5.1.mDL" }))).rejects.toThrow("card_not_genuine");
  await expect(readIt(mdoc, new Date("2033-05-18T03:33:20Z"))).rejects.toThrow("card_not_genuine");
  await expect(readIt(await makeMdoc(authority, jwk, ELEMENTS, { until: "2026-10-31T23:59:59Z" }))).rejects.toThrow("card_not_genuine");
});

test.each([
  ["nothing", ""],
  ["not CBOR", toBase64url(new Uint8Array([0xff]))],
  ["no map", toBase64url(encode([1, 2]))],
  ["a name that comes twice", toBase64url(new Uint8Array([0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02]))],
  ["a length that is not the shortest", toBase64url(new Uint8Array([0xb8, 0x00]))],
  ["no definite length", toBase64url(new Uint8Array([0xbf, 0xff]))],
  ["something behind it", toBase64url(new Uint8Array([0xa0, 0x00]))],
])("%s is no document", (_, text) => {
  expect(() => takeApart(text)).toThrow("card_not_genuine");
});

test("what is not base64url is no document", () => {
  expect(() => takeApart("***")).toThrow("not base64url");
});
