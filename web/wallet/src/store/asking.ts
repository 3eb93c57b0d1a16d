import type { Asking } from "../protocol/authorize";
import { readSetting, writeSetting } from "./settings";

/** Keeps a question to the authority's page, beside those of other tabs. What nobody answers any more is dropped. */
export async function keepAsking(asking: Asking, now: number): Promise<void> {
  const others = ((await readSetting("asking")) ?? []).filter(({ until }) => until > now);
  await writeSetting("asking", [...others, asking]);
}

/** The question that an answer of this state belongs to. */
export async function findAsking(state: string): Promise<Asking | undefined> {
  return (await readSetting("asking"))?.find((one) => one.state === state);
}

export async function dropAsking(state: string): Promise<void> {
  await writeSetting("asking", ((await readSetting("asking")) ?? []).filter((one) => one.state !== state));
}
