/** The languages every page speaks. */
export const LANGUAGES = ["en", "ja", "zh-Hans"] as const;

export type Language = (typeof LANGUAGES)[number];

/** One text in every language, as the server sends it. */
export type Texts = Record<Language, string>;

const KEY = "mibun.language";

class LanguageChoice {
  #current = $state<Language>(remembered() ?? preferred());

  constructor() {
    this.#apply();
  }

  get current(): Language {
    return this.#current;
  }

  /** Switches the page over and remembers the choice in this browser. */
  choose(language: Language): void {
    this.#current = language;
    try {
      localStorage.setItem(KEY, language);
    } catch {
      // Storage may be closed to us; the choice then holds until the page is closed.
    }
    this.#apply();
  }

  #apply(): void {
    if (typeof document !== "undefined") document.documentElement.lang = this.#current;
  }
}

export const language = new LanguageChoice();

/** The text of `texts` in the language of the page. */
export function pick(texts: Texts): string {
  return texts[language.current];
}

function remembered(): Language | undefined {
  try {
    return LANGUAGES.find((known) => known === localStorage.getItem(KEY));
  } catch {
    return undefined;
  }
}

function preferred(): Language {
  const wishes = typeof navigator === "undefined" ? [] : navigator.languages;
  for (const wish of wishes) {
    if (wish.startsWith("ja")) return "ja";
    if (wish.startsWith("zh")) return "zh-Hans";
    if (wish.startsWith("en")) return "en";
  }
  return "en";
}
