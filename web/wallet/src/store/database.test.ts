import "fake-indexeddb/auto";
import { openDB } from "idb";
import { afterEach, expect, test, vi } from "vitest";
import { newKey } from "../protocol/jws";
import { addCard, anyCopy, copiesLeft, formatsLeft, listCards, returnCopies, takeCopies, type HeldCard } from "./cards";
import { database, eraseAll } from "./database";
import { readSetting } from "./settings";

const CARD: HeldCard = { id: "card-1", issuer: "https://id.example", vct: "card", doctype: "document", claims: {}, obtainedAt: 1, expiresAt: undefined, copiesIssued: 3 };

afterEach(async () => {
  vi.restoreAllMocks();
  await eraseAll();
});

/** The wallet's database as builds before made it, with one card and copies in both formats. */
async function earlier(): Promise<CryptoKey> {
  const db = await openDB("mibun-wallet", 2, {
    upgrade(created) {
      created.createObjectStore("settings");
      created.createObjectStore("cards", { keyPath: "id" });
      created.createObjectStore("copies", { keyPath: "id", autoIncrement: true }).createIndex("card", "card");
      created.createObjectStore("history", { keyPath: "id", autoIncrement: true }).createIndex("at", "at");
      created.createObjectStore("requests", { keyPath: "id" });
    },
  });
  const { privateKey: key } = await newKey();
  await db.put("cards", CARD);
  await db.put("settings", [{ person: "p-1" }], "accounts");
  for (const content of [{ sdJwt: "a" }, { mdoc: "b" }, { sdJwt: "c" }, { mdoc: "d" }, { mdoc: "e" }]) await db.put("copies", { card: CARD.id, key, status: undefined, ...content });
  db.close();
  return key;
}

test("a wallet from before keeps its cards, copies and keys, and its copies are told apart by format", async () => {
  const key = await earlier();
  expect([await listCards(), await readSetting("accounts")]).toEqual([[CARD], [{ person: "p-1" }]]);
  expect([await copiesLeft(CARD.id), await formatsLeft(CARD.id)]).toEqual([2, ["mso_mdoc", "dc+sd-jwt"]]);
  const [copy] = (await takeCopies([{ card: CARD.id, format: "dc+sd-jwt", revision: undefined }])) ?? [];
  expect(copy).toMatchObject({ id: 1, sdJwt: "a", format: "dc+sd-jwt" });
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, (copy?.key ?? key) as CryptoKey, new Uint8Array(1));
  expect([signature.byteLength, await copiesLeft(CARD.id)]).toEqual([64, 1]);
});

test("a wallet from before that is empty is taken over, too", async () => {
  const db = await openDB("mibun-wallet", 1, {
    upgrade(created) {
      created.createObjectStore("settings");
      created.createObjectStore("cards", { keyPath: "id" });
      created.createObjectStore("copies", { keyPath: "id", autoIncrement: true }).createIndex("card", "card");
      created.createObjectStore("history", { keyPath: "id", autoIncrement: true }).createIndex("at", "at");
    },
  });
  db.close();
  expect([await listCards(), await copiesLeft(CARD.id)]).toEqual([[], 0]);
  expect([...(await database()).objectStoreNames]).toContain("requests");
});

test("copies are counted without reading one", async () => {
  const { privateKey: key } = await newKey();
  await addCard(CARD, [{ card: CARD.id, key, status: undefined, sdJwt: "a" }, { card: CARD.id, key, status: undefined, mdoc: "b" }]);
  const { IDBIndex, IDBObjectStore } = globalThis;
  const reads = [...(["getAll", "get", "openCursor"] as const).map((name) => vi.spyOn(IDBIndex.prototype, name)), ...(["getAll", "openCursor"] as const).map((name) => vi.spyOn(IDBObjectStore.prototype, name))];
  expect([await copiesLeft(CARD.id), await formatsLeft(CARD.id)]).toEqual([1, ["mso_mdoc", "dc+sd-jwt"]]);
  expect(reads.map((read) => read.mock.calls.length)).toEqual([0, 0, 0, 0, 0]);
});

test("a copy that comes back is found by its format again", async () => {
  const { privateKey: key } = await newKey();
  await addCard(CARD, [{ card: CARD.id, key, status: undefined, mdoc: "b" }]);
  const [copy] = (await takeCopies([{ card: CARD.id, format: "mso_mdoc", revision: undefined }])) ?? [];
  expect(await formatsLeft(CARD.id)).toEqual([]);
  if (copy) await returnCopies([copy]);
  expect([await formatsLeft(CARD.id), (await anyCopy(CARD.id))?.id]).toEqual([["mso_mdoc"], copy?.id]);
});
