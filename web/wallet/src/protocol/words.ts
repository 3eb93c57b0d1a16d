import type { Texts } from "@mibun/ui";
import { sha256, utf8 } from "./bytes";
import { WORDS } from "./words-list";

/** Two words that must read the same here and at the counter; a copied or relayed code cannot show them. */
export interface MatchingWords {
  first: Texts;
  second: Texts;
}

const LABEL = "mibun matching words 1";

/** The words of the exchange with these two nonces. */
export async function matchingWords(requestNonce: string, walletNonce: string): Promise<MatchingWords> {
  const request = utf8(requestNonce);
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(request.length));
  const message = new Uint8Array([...utf8(LABEL), ...new Uint8Array(length.buffer), ...request, ...utf8(walletNonce)]);
  const hash = new DataView((await sha256(message)).buffer);
  const first = hash.getUint8(0) % WORDS.length;
  const drawn = hash.getUint32(1) % (WORDS.length - 1);
  const second = drawn >= first ? drawn + 1 : drawn;
  return { first: word(first), second: word(second) };
}

function word(index: number): Texts {
  const [en, ja, zh] = WORDS[index] ?? ["", "", ""];
  return { en, ja, "zh-Hans": zh };
}
