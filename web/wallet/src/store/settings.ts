import type { JourneyAccess } from "@mibun/api-client";
import { database } from "./database";

/** The enrolment that is under way. */
export interface OpenJourney extends JourneyAccess {
  name: string;
  number: string;
  expiresAt: string;
}

/** The authority whose signatures the wallet believes, fixed at enrolment. */
export interface PinnedAuthority {
  pem: string;
  pinnedAt: number;
}

interface Settings {
  journey: OpenJourney;
  authority: PinnedAuthority;
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
