import { WalletError, type Fault } from "./fault";

/** The text of an answer. @throws {WalletError} `fault` where it is longer than `limit` bytes. */
export async function textWithin(limit: number, { body }: Pick<Response, "body">, fault: Fault = "card_not_genuine"): Promise<string> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let [text, length] = ["", 0];
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    length += part.value.length;
    if (length > limit) {
      await reader?.cancel();
      throw new WalletError(fault);
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

/** Whether a value that was read from JSON is small enough to be looked at: every member, element, array and object counts. */
export function isWithin({ depth, nodes }: { depth: number; nodes: number }, value: unknown): boolean {
  let count = 0;
  for (let [level, inner] = [0, [value]]; inner.length > 0; level++) {
    count += inner.length;
    if (count > nodes || level > depth) return false;
    inner = inner.flatMap((one): unknown[] => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return true;
}
