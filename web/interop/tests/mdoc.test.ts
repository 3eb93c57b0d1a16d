import type { X509Certificate } from "node:crypto";
import { DateOnly, IssuerSigned, IssuerSignedItem } from "@owf/mdoc";
import { getListFromStatusListJWT } from "@sd-jwt/jwt-status-list";
import { compactVerify, decodeProtectedHeader } from "jose";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { attester } from "../../e2e/harness/attester";
import { verifyCard } from "../harness/card";
import { Counter } from "../harness/counter";
import type { HolderKey } from "../harness/keys";
import { assess, presentMdoc, type Mdoc } from "../harness/mdoc";
import { offerTo, operate } from "../harness/operator";
import { PEOPLE } from "../harness/people";
import { follow, send } from "../harness/show";
import { fetchRoot, keyOf } from "../harness/trust";
import { BATCH, CONFIGURATION, Wallet } from "../harness/wallet";

const MDOC = "mibun_card_mdoc";
const PID = "eu.europa.ec.eudi.pid.1";
const YEAR_MS = 366 * 86_400_000;
const access = inject("access");
const folder = inject("folder");
const person = PEOPLE.document;
let root: X509Certificate;
let counter: Counter;
let sdJwt: string;
let mdocs: Mdoc[];

/** Copies as they came, in one format. */
async function collect(wallet: Wallet, token: string, configuration: string, keys: HolderKey[]): Promise<string[]> {
  const { credentials = [] } = await wallet.fetch(token, { jwt: await wallet.prove(keys, undefined, configuration) }, configuration);
  return credentials.map((entry) => (entry as { credential: string }).credential);
}

beforeAll(async () => {
  [root, counter] = await Promise.all([fetchRoot(access.origin), Counter.signIn(access)]);
  const wallet = await Wallet.open({ origin: access.origin, attester: await attester(folder) });
  const pushed = await wallet.push({ scope: `${CONFIGURATION} ${MDOC}` });
  const { access_token: token } = await wallet.redeem(await wallet.code(pushed, await offerTo(folder, person.number)), pushed.verifier);
  sdJwt = (await collect(wallet, token, CONFIGURATION, wallet.keys()))[0] ?? "";
  const keys = wallet.keys();
  mdocs = (await collect(wallet, token, MDOC, keys)).map((text, at) => ({ document: IssuerSigned.fromEncodedForOid4Vci(text), key: keys[at] as HolderKey }));
});

function next(): Mdoc {
  const mdoc = mdocs.pop();
  if (!mdoc) throw new Error("no copy is left");
  return mdoc;
}

const failed = async (document: IssuerSigned, now?: Date) => (await assess(document, root, now)).filter(({ status }) => status !== "PASSED").map(({ check }) => check);

describe("@owf/mdoc verifies the card as an mdoc", () => {
  test("signature, chain to the authority, digests of every element, times", async () => {
    expect(mdocs).toHaveLength(BATCH);
    for (const { document } of mdocs) {
      expect(await failed(document)).toEqual([]);
      const count = [...document.issuerNamespaces.issuerNamespaces.values()].flat().length;
      const digests = (await assess(document, root)).filter(({ check }) => check.startsWith("The calculated digest"));
      expect(digests).toHaveLength(count);
      expect(count).toBeGreaterThan(10);
    }
  });

  test("it ends, and so would not pass for ever", async () => {
    const document = mdocs[0]?.document as IssuerSigned;
    const { validUntil } = document.issuerAuth.mobileSecurityObject.validityInfo;
    expect(validUntil.getTime()).toBeLessThan(Date.now() + 10 * YEAR_MS);
    expect(await failed(document, new Date(validUntil.getTime() + 60_000))).toEqual(["The MSO must be valid at the time of verification"]);
  });

  test("a changed element is found out", async () => {
    const document = IssuerSigned.fromEncodedForOid4Vci(mdocs[0]?.document.encodedForOid4Vci ?? "");
    const items = document.getIssuerNamespace(PID) ?? [];
    const changed = items.map((item) => (item.elementIdentifier === "family_name" ? IssuerSignedItem.fromOptions({ digestId: item.digestId, random: item.random, elementIdentifier: "family_name", elementValue: "Somebody" }) : item));
    document.issuerNamespaces.setIssuerNamespace(PID, changed);
    expect(await failed(document)).toEqual([`The calculated digest for ${PID}/family_name attribute must match the digest in the issuerAuth element`]);
  });

  test("each copy is of the type and for the key that was proven", () => {
    for (const { document, key } of mdocs) {
      const { docType, deviceKeyInfo } = document.issuerAuth.mobileSecurityObject;
      expect(docType).toBe(PID);
      expect(deviceKeyInfo.deviceKey.jwk).toMatchObject({ kty: "EC", crv: "P-256", x: key.jwk.x, y: key.jwk["y"] });
    }
  });

  test("it says what the card in the other format says, and is the same card", async () => {
    const { payload } = await verifyCard(sdJwt, root);
    const said = mdocs[0]?.document.getPrettyClaims(PID) as Record<string, unknown>;
    expect(said).toMatchObject({ family_name: payload["family_name"], given_name: payload["given_name"], nationality: payload["nationalities"] });
    expect(said).toMatchObject({ family_name: person.family_name, given_name: person.given_name, nationality: ["JP"] });
    // The library reads tag 1004, and no other, as this class.
    expect(said["birth_date"]).toBeInstanceOf(DateOnly);
    expect(String(said["birth_date"])).toBe(payload["birthdate"]);
    const cards = await operate(folder, ["card", "list", person.number]);
    expect(cards.trim().split("\n").filter((line) => line.includes(" until "))).toHaveLength(1);
  });

  test("each copy has a place of its own in a status list, where it is valid", async () => {
    const places = mdocs.map(({ document }) => {
      const status = document.issuerAuth.mobileSecurityObject.decodedStructure.toMap() as ReadonlyMap<unknown, unknown>;
      const list = (status.get("status") as Map<string, Map<string, unknown>>).get("status_list");
      return { idx: list?.get("idx") as number, uri: list?.get("uri") as string };
    });
    expect(new Set(places.map(({ uri, idx }) => `${uri} ${idx}`)).size).toBe(BATCH);
    for (const { idx, uri } of places) {
      const token = await (await fetch(uri, { headers: { accept: "application/statuslist+jwt" } })).text();
      await compactVerify(token, await keyOf(decodeProtectedHeader(token).x5c ?? [], root));
      expect(getListFromStatusListJWT(token).getStatus(idx)).toBe(0);
    }
  });
});

describe("@owf/mdoc shows the card as an mdoc", () => {
  async function answer(make: (request: Awaited<ReturnType<typeof follow>>) => Promise<string>, encrypted = true) {
    const check = await counter.ask({ scene: "hotel-checkin-jp", encrypted, format: "mso_mdoc" });
    const request = await follow(check.link, root, "post");
    const answered = await send(request, request.query.credentials[0].id, await make(request));
    return { ...answered, ...(await counter.look(check.id)) };
  }

  test.each([true, false])("answer encrypted: %s; the counter sees the guest", async (encrypted) => {
    const { status, state, verdict } = await answer((request) => presentMdoc(next(), request), encrypted);
    expect({ status, state }).toEqual({ status: 200, state: "verified" });
    expect(verdict).toMatchObject({ outcome: "accepted", level: "light", refusal: null });
    expect(verdict?.checks.filter(({ passed }) => !passed)).toEqual([]);
    const fields = Object.fromEntries(verdict?.fields.map(({ path, value }) => [path.join("."), value]) ?? []);
    expect(fields).toMatchObject({ family_name: person.family_name, given_name: person.given_name, "address.formatted": person.address });
  });

  test("in a session with another nonce it is refused", async () => {
    const { status, body, state, verdict } = await answer((request) => presentMdoc(next(), request, { nonce: "another nonce" }));
    expect({ status, body, state }).toEqual({ status: 400, body: { error: "invalid_presentation", error_description: "invalid_device_proof" }, state: "refused" });
    expect(verdict).toMatchObject({ refusal: { code: "invalid_device_proof" }, fields: [] });
  });
});
