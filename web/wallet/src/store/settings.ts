import type { JourneyAccess, Level } from "@mibun/api-client";
import type { Asking } from "../protocol/authorize";
import { database } from "./database";

/** The enrolment that is under way. */
export interface OpenJourney extends JourneyAccess {
  name: string;
  number: string;
  expiresAt: string;
  /** Which card it leads to; a light one where nothing is said. */
  goal?: Level;
  /** The code that was last shown for a reader of documents. */
  pairing?: ShownCode;
}

/** A code for a reader, as it was shown. */
export interface ShownCode {
  code: string;
  /** RFC 3339. */
  expiresAt: string;
}

/** This wallet as the device of a holder of a full card, with the names that the authority's instructions carry. */
export interface Account {
  authority: string;
  person: string;
  card: string;
  /** The private half is not extractable. */
  device: CryptoKeyPair;
  /** The authority's name for the device; one that an earlier version of the wallet registered has none here. */
  deviceName?: string;
  /** The credential of the device's passkey, in base64url. */
  passkey?: string;
}

/** The authority whose signatures the wallet believes, fixed at enrolment. */
export interface PinnedAuthority {
  pem: string;
  pinnedAt: number;
}

interface Settings {
  journey: OpenJourney;
  authority: PinnedAuthority;
  /** One per person, the newest first. */
  accounts: Account[];
  /** What was asked of the authority's page, until its answers come. */
  asking: readonly Asking[];
}

export async function readSetting<K extends keyof Settings>(name: K): Promise<Settings[K] | undefined> {
  return (await (await database()).get("settings", name)) as Settings[K] | undefined;
}

export async function writeSetting<K extends keyof Settings>(name: K, value: Settings[K]): Promise<void> {
  await (await database()).put("settings", value, name);
}

export async function dropSetting(name: keyof Settings): Promise<void> {
  await (await database()).delete("settings", name);
}
