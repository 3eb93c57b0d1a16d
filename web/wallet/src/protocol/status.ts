import { fromBase64url, type Bytes } from "./bytes";
import { PURPOSE } from "./chain";
import type { Certificate } from "./certificate";
import { verifySigned } from "./jws";

export type CardStatus = "valid" | "invalid" | "suspended" | "unknown";

interface Reference {
  uri: string;
  index: number;
}

const MOST_BYTES = 16 * 1024 * 1024;
const NAMES: Record<number, CardStatus> = { 0: "valid", 1: "invalid", 2: "suspended" };

/** Whether a copy is still good, from the authority's status list; the whole list is fetched, so nobody learns which. */
export async function readStatus(reference: Reference, anchors: readonly Certificate[], now: Date): Promise<CardStatus> {
  const response = await fetch(reference.uri, { headers: { accept: "application/statuslist+jwt" }, credentials: "omit" });
  if (!response.ok) return "unknown";
  const { payload } = await verifySigned((await response.text()).trim(), "statuslist+jwt", { anchors, purpose: PURPOSE.statusSigner, now });
  if (payload.sub !== reference.uri) return "unknown";
  const { bits, lst } = payload["status_list"] as { bits: number; lst: string };
  return NAMES[entry(await inflate(fromBase64url(lst)), bits, reference.index)] ?? "unknown";
}

/** The value at `index` of a list with `bits` per entry, least significant first. */
export function entry(list: Bytes, bits: number, index: number): number {
  if (![1, 2, 4, 8].includes(bits)) throw new RangeError("a status has 1, 2, 4 or 8 bits");
  const perByte = 8 / bits;
  const byte = list[Math.floor(index / perByte)];
  if (index < 0 || byte === undefined) throw new RangeError("the status is not in the list");
  return (byte >> ((index % perByte) * bits)) & ((1 << bits) - 1);
}

/** Unpacks a list, but no more than a list can sensibly hold. */
export async function inflate(packed: Bytes): Promise<Bytes> {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.length;
    if (size > MOST_BYTES) throw new RangeError("the status list is too large");
    parts.push(read.value);
  }
  const list = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    list.set(part, at);
    at += part.length;
  }
  return list;
}
