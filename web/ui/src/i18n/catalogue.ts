import { language, type Language } from "./language.svelte";

type Message = string | ((...values: never[]) => string);

/** Messages by name, in groups. */
export interface MessageTree {
  readonly [name: string]: Message | MessageTree;
}

/** The same names and parameters as `T`, with any words. */
export type Translation<T> = {
  readonly [K in keyof T]: T[K] extends string ? string : T[K] extends (...values: infer A) => string ? (...values: A) => string : Translation<T[K]>;
};

/** A catalogue in all languages; a missing name is a type error. */
export type Catalogue<T> = Record<Language, Translation<T>>;

/** The messages of `catalogue` in the language of the page. Reading them inside a component keeps it up to date. */
export function messages<T>(catalogue: Catalogue<T>): () => Translation<T> {
  return () => catalogue[language.current];
}
