import { WalletError } from "./fault";

/** The text of an answer. @throws {WalletError} `card_not_genuine` where it is longer than `limit` bytes. */
export async function textWithin(limit: number, { body }: Pick<Response, "body">): Promise<string> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let [text, length] = ["", 0];
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    length += part.value.length;
    if (length > limit) {
      await reader?.cancel();
      throw new WalletError("card_not_genuine");
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}
