import "fake-indexeddb/auto";
import { deleteDB, openDB } from "idb";
import { afterEach, expect, test, vi } from "vitest";
import { newKey } from "../protocol/jws";
import { addCard, anyCopy, copiesLeft, formatsLeft, listCards, returnCopies, takeCopies, type HeldCard } from "./cards";
import { database, eraseAll, whenOutdated } from "./database";
import { readSetting } from "./settings";

const CARD: HeldCard = { id: "card-1", issuer: "https://id.example", vct: "card", doctype: "document", claims: {}, obtainedAt: 1, expiresAt: undefined, copiesIssued: 3 };

afterEach(async () => {
  vi.restoreAllMocks();
  await eraseAll();
});

/** The wallet's database as builds before made it. */
function older() {
  return openDB("mibun-wallet", 2, {
    upgrade(created) {
      created.createObjectStore("settings");
      created.createObjectStore("cards", { keyPath: "id" });
      created.createObjectStore("copies", { keyPath: "id", autoIncrement: true }).createIndex("card", "card");
      created.createObjectStore("history", { keyPath: "id", autoIncrement: true }).createIndex("at", "at");
      created.createObjectStore("requests", { keyPath: "id" });
    },
  });
}

/** The same, with one card and copies in both formats. */
async function earlier(): Promise<CryptoKey> {
  const db = await older();
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

test("what kept the wallet closed is tried anew the next time", async () => {
  const open = vi.spyOn(indexedDB, "open").mockImplementationOnce(() => {
    throw new DOMException("broken", "UnknownError");
  });
  await expect(listCards()).rejects.toThrow("broken");
  expect([await listCards(), open.mock.calls.length]).toEqual([[], 2]);
});

test("a page that a newer one takes the wallet from says so, and writes nothing any more", async () => {
  const told: string[] = [];
  whenOutdated(({ fault }) => told.push(fault));
  await addCard(CARD, []);
  const newer = await openDB("mibun-wallet", 9);
  await expect(listCards()).rejects.toMatchObject({ fault: "page_outdated" });
  await expect(addCard({ ...CARD, id: "late" }, [])).rejects.toMatchObject({ fault: "page_outdated" });
  expect([told, await newer.getAllKeys("cards")]).toEqual([["page_outdated"], [CARD.id]]);
  newer.close();
});

test("a page that is older than the wallet says so", async () => {
  (await openDB("mibun-wallet", 9)).close();
  await expect(listCards()).rejects.toMatchObject({ fault: "page_outdated" });
});

test("an erasure in another tab leaves an empty wallet, and no word of a newer page", async () => {
  const told: string[] = [];
  whenOutdated(({ fault }) => told.push(fault));
  await addCard(CARD, []);
  await deleteDB("mibun-wallet");
  expect([await listCards(), told]).toEqual([[], []]);
});

test("a tab that does not let go is named, and once it is closed the wallet opens", async () => {
  const tab = await older();
  await tab.put("cards", CARD);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const closed = expect(database()).rejects.toMatchObject({ fault: "other_tabs" });
  await vi.waitFor(async () => {
    await vi.advanceTimersByTimeAsync(100);
    expect(vi.getTimerCount()).toBe(1);
  });
  await vi.advanceTimersByTimeAsync(3_000);
  await closed;
  vi.useRealTimers();
  const close = vi.spyOn(IDBDatabase.prototype, "close");
  tab.close();
  expect(await listCards()).toEqual([CARD]);
  // Nor is the one left open that nobody waited for any more.
  expect(close).toHaveBeenCalledTimes(2);
});
