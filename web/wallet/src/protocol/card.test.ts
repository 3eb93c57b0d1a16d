import { expect, test } from "vitest";
import { fromBase64url } from "./bytes";
import { present, readCardText, valueAt } from "./card";
import { publicJwk } from "./jws";
import { CLAIMS, keyPair, TestAuthority, VCT } from "./testing/authority";

const NOW = new Date("2026-11-01T00:00:00Z");
const authority = await TestAuthority.make();
const holder = await keyPair();
const holderKey = await publicJwk(holder.publicKey);
const read = (card: string) => readCardText(card, [authority.root], NOW);

test("a genuine card is read with all its claims", async () => {
  const content = await read(await authority.card(holderKey));
  expect(content.claims).toEqual(CLAIMS);
  expect(content).toMatchObject({ vct: VCT, holderKey, expiresAt: 2_000_000_000, status: { uri: "https://id.example/status/1", index: 5 } });
});

test("a card of another authority is refused", async () => {
  const other = await TestAuthority.make();
  await expect(read(await other.card(holderKey))).rejects.toThrow("nobody we trust");
});

test("a card signed by an organisation is refused", async () => {
  const signer = await authority.party("Hotel Aoba", "0.4.0.19411.8.1");
  await expect(read(await authority.card(holderKey, { signer }))).rejects.toThrow("not for this purpose");
});

test("another kind of message is refused", async () => {
  await expect(read(await authority.card(holderKey, { typ: "jwt" }))).rejects.toThrow("card_not_genuine");
});

test("an expired card is refused", async () => {
  await expect(read(await authority.card(holderKey, { exp: 1_770_000_000 }))).rejects.toThrow();
});

test("a card whose signature was changed is refused", async () => {
  const card = await authority.card(holderKey);
  const [jwt = "", ...disclosures] = card.split("~");
  const [header, payload, signature = ""] = jwt.split(".");
  const flipped = (signature.startsWith("A") ? "B" : "A") + signature.slice(1);
  await expect(read([`${header}.${payload}.${flipped}`, ...disclosures].join("~"))).rejects.toThrow();
});

test("a presentation shows what was chosen and nothing else", async () => {
  const card = await authority.card(holderKey);
  const paths = [["family_name"], ["address", "formatted"]];
  const shown = await present(card, { paths, audience: "x509_hash:abc", nonce: "n-1", key: holder.privateKey, now: NOW });
  const parts = shown.split("~");
  const disclosed = parts.slice(1, -1).map((part) => JSON.parse(new TextDecoder().decode(fromBase64url(part)))[1] as string);
  expect(disclosed.sort()).toEqual(["address", "family_name", "formatted"]);
  expect(shown).not.toContain("山田");
});

test("the key binding is for this asker and this request", async () => {
  const card = await authority.card(holderKey);
  const shown = await present(card, { paths: [], audience: "x509_hash:abc", nonce: "n-1", key: holder.privateKey, now: NOW });
  const binding = shown.split("~").at(-1) ?? "";
  const [header, payload] = binding.split(".").slice(0, 2).map((part) => JSON.parse(new TextDecoder().decode(fromBase64url(part))));
  expect(header).toEqual({ typ: "kb+jwt", alg: "ES256" });
  expect(payload).toMatchObject({ aud: "x509_hash:abc", nonce: "n-1", iat: NOW.getTime() / 1000 });
  const hashed = shown.slice(0, shown.lastIndexOf("~") + 1);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(hashed)));
  expect(fromBase64url(payload.sd_hash as string)).toEqual(hash);
});

test("values are found by path", () => {
  expect(valueAt(CLAIMS, ["address", "country"])).toBe("JP");
  expect(valueAt(CLAIMS, ["address", "street"])).toBeUndefined();
  expect(valueAt(CLAIMS, ["sex", "x"])).toBeUndefined();
  expect(valueAt(CLAIMS, ["nationalities", 0])).toBe("JP");
  expect(valueAt(CLAIMS, ["nationalities", null])).toEqual(["JP"]);
  expect(valueAt(CLAIMS, ["nationalities", 1])).toBeUndefined();
});
