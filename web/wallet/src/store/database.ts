import { deleteDB, openDB, type DBSchema, type IDBPDatabase, type IDBPObjectStore, type IDBPTransaction, type StoreNames } from "idb";
import { WalletError } from "../protocol/fault";
import type { CardFormat } from "../protocol/query";
import type { HeldCard } from "./cards";
import type { HistoryEntry } from "./history";
import type { KeptRequest } from "./requests";
import type { WaitingCard } from "./waiting";

/** A key that the authority keeps, and signs with on its holder's instruction. */
export interface KeptKey {
  /** The authority's name for it. */
  copy: string;
  /** Whose it is, in the authority's words. */
  person: string;
  x: string;
  y: string;
}

/** One copy of a card: a signed text and the key it is bound to. Shown once, then gone. */
export type Copy = CopyOf & (SdJwtCopy | MdocCopy);

export interface SdJwtCopy {
  /** As the authority signed it, with all disclosures. */
  sdJwt: string;
}

export interface MdocCopy {
  /** `IssuerSigned` as it came, in base64url. */
  mdoc: string;
}

interface CopyOf {
  id?: number;
  card: string;
  /** Of a light card: not extractable, the browser signs with it and never gives it out. Of a full card: kept elsewhere. */
  key: CryptoKey | KeptKey;
  status: { uri: string; index: number } | undefined;
  /** That of the card as it was when the copy came. */
  revision?: number | undefined;
}

export function formatOf(copy: SdJwtCopy | MdocCopy): CardFormat {
  return "mdoc" in copy ? "mso_mdoc" : "dc+sd-jwt";
}

/** A copy as it lies in the store: by its format, copies are found and counted without reading them. */
export type StoredCopy = Copy & { format: CardFormat };

export function stored(copy: Copy): StoredCopy {
  return { ...copy, format: formatOf(copy) };
}

/** Whether a copy's key lies with the authority. */
export function isKept(key: CryptoKey | KeptKey): key is KeptKey {
  return "copy" in key;
}

interface WalletSchema extends DBSchema {
  settings: { key: string; value: unknown };
  cards: { key: string; value: HeldCard };
  copies: { key: number; value: StoredCopy; indexes: { card: string; format: [card: string, format: CardFormat] } };
  history: { key: number; value: HistoryEntry; indexes: { at: number } };
  requests: { key: string; value: KeptRequest };
  waiting: { key: string; value: WaitingCard };
}

export type Database = IDBPDatabase<WalletSchema>;

const NAME = "mibun-wallet";
const VERSION = 3;

/** How long other tabs may take to let go, before somebody has to close them. */
const PATIENCE_MS = 3_000;

let opened: Promise<Database> | undefined;
let tell: (fault: WalletError) => void = () => undefined;

/**
 * The wallet's one database, opened on first use; what kept it closed is tried anew the next time.
 *
 * @throws {WalletError} `page_outdated` where a newer page has taken it over, `other_tabs` where an older one does not let go.
 */
export function database(): Promise<Database> {
  if (opened) return opened;
  const opening = open();
  opening.catch(() => {
    if (opened === opening) opened = undefined;
  });
  return (opened = opening);
}

/** Calls `listener` when a newer page takes the wallet over. */
export function whenOutdated(listener: (fault: WalletError) => void): void {
  tell = listener;
}

function open(): Promise<Database> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const blocked = () => {
      setTimeout(() => {
        isLate = true;
        reject(new WalletError("other_tabs"));
      }, PATIENCE_MS);
    };
    connect(blocked).then(
      (db) => (isLate ? db.close() : resolve(db)),
      (error: unknown) => reject(isNewer(error) ? new WalletError("page_outdated", { cause: error }) : error),
    );
  });
}

/** Whether the database was made by a newer page than this one. */
function isNewer(error: unknown): boolean {
  return error instanceof Error && error.name === "VersionError";
}

function connect(blocked: () => void): Promise<Database> {
  return openDB<WalletSchema>(NAME, VERSION, {
    async upgrade(db, version, _next, transaction) {
      if (version < 1) {
        db.createObjectStore("settings");
        db.createObjectStore("cards", { keyPath: "id" });
        db.createObjectStore("copies", { keyPath: "id", autoIncrement: true }).createIndex("card", "card");
        db.createObjectStore("history", { keyPath: "id", autoIncrement: true }).createIndex("at", "at");
      }
      if (version < 2) db.createObjectStore("requests", { keyPath: "id" });
      if (version < 3) {
        db.createObjectStore("waiting", { keyPath: "id" });
        await nameFormats(transaction.objectStore("copies"));
      }
    },
    blocked,
    blocking(_current, next, event) {
      // Another tab erases the wallet, or is a newer page: this one must let go, or that tab waits for ever.
      (event.target as IDBDatabase).close();
      opened = undefined;
      if (next !== null) tell(new WalletError("page_outdated"));
    },
    terminated() {
      opened = undefined;
    },
  });
}

/** What cards, their copies and what is waited for are changed in, all or nothing. */
export type CardWriting = IDBPTransaction<WalletSchema, ("cards" | "copies" | "waiting")[], "readwrite">;

export async function writeCards(): Promise<CardWriting> {
  return (await database()).transaction(["cards", "copies", "waiting"], "readwrite");
}

type CopyStore = IDBPObjectStore<WalletSchema, StoreNames<WalletSchema>[], "copies", "versionchange">;

/** Copies from before have no format written on them. */
async function nameFormats(copies: CopyStore): Promise<void> {
  copies.createIndex("format", ["card", "format"]);
  for (let cursor = await copies.openCursor(); cursor; cursor = await cursor.continue()) await cursor.update(stored(cursor.value));
}

/** Deletes everything: cards, keys, history and settings. */
export async function eraseAll(): Promise<void> {
  (await opened?.catch(() => undefined))?.close();
  opened = undefined;
  await deleteDB(NAME);
}
