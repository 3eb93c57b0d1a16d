import { LANGUAGES, type Texts } from "./i18n/language.svelte";
import type { MessageTree } from "./i18n/catalogue";

/** What is wrong with a catalogue: names that are missing, too many, empty or of another kind than in English. */
export function faultsOf(catalogue: Record<keyof Texts, object>): string[] {
  const model = catalogue.en as MessageTree;
  return LANGUAGES.flatMap((code) => compare(model, catalogue[code] as MessageTree, code));
}

function compare(model: MessageTree, tree: MessageTree, place: string): string[] {
  const names = new Set([...Object.keys(model), ...Object.keys(tree)]);
  return [...names].flatMap((name) => {
    const [expected, found] = [model[name], tree[name]];
    const here = `${place}.${name}`;
    if (expected === undefined || found === undefined || typeof expected !== typeof found) return [here];
    if (typeof expected === "object") return compare(expected, found as MessageTree, here);
    return found === "" ? [here] : [];
  });
}
