import type { Texts } from "@mibun/ui";
import type { ClaimPath } from "../protocol/path";
import { database } from "./database";

/** One thing that happened, kept on this device only. */
export interface HistoryEntry {
  id?: number;
  /** Seconds since the epoch. */
  at: number;
  /**
   * `sent` is an answer of which no confirmation came; `withheld` is a card that was `awaited` and does not come;
   * `declined` is the holder's refusal, `unanswerable` is what the wallet refused by itself.
   */
  kind: "received" | "awaited" | "withheld" | "shown" | "sent" | "declined" | "unanswerable" | "deleted";
  organisation?: string;
  title?: Texts;
  /** The paths of the items given; never their values. */
  fields?: ClaimPath[];
}

/** Writes an entry down, in place of the one with its `id` if it has one; answers the `id`. */
export async function remember(entry: HistoryEntry): Promise<number> {
  return (await database()).put("history", entry);
}

/** The newest first. */
export async function listHistory(): Promise<HistoryEntry[]> {
  const entries = await (await database()).getAllFromIndex("history", "at");
  return entries.reverse();
}

export async function clearHistory(): Promise<void> {
  await (await database()).clear("history");
}
