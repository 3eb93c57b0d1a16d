import type { Texts } from "@mibun/ui";
import { database } from "./database";

/** One thing that happened, kept on this device only. */
export interface HistoryEntry {
  id?: number;
  /** Seconds since the epoch. */
  at: number;
  kind: "received" | "shown" | "declined" | "deleted";
  organisation?: string;
  title?: Texts;
  /** The paths of the items given; never their values. */
  fields?: string[][];
}

export async function remember(entry: HistoryEntry): Promise<void> {
  await (await database()).add("history", entry);
}

/** The newest first. */
export async function listHistory(): Promise<HistoryEntry[]> {
  const entries = await (await database()).getAllFromIndex("history", "at");
  return entries.reverse();
}

export async function clearHistory(): Promise<void> {
  await (await database()).clear("history");
}
