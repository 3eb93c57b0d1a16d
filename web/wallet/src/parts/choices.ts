import { levelName } from "@mibun/ui";
import { nameOfWay, type Section } from "../agreement.svelte";
import { text } from "../messages";
import type { Fit, Part } from "../protocol/matching";
import type { ClaimPath } from "../protocol/path";
import type { HeldCard } from "../store/cards";
import { labelOf, nameOf } from "./claims";

/** The names of cards, by their ids. */
export type Titles = ReadonlyMap<string, string>;

/** One card of a choice: which it is, and what of it is asked for. */
export interface Line {
  title: string;
  items: string;
}

/** What a set of the request is called where the holder decides about it; no two of a page are called the same. */
export interface SetLabels {
  /** What is added to the answer. */
  own: readonly Line[];
  /** Each of the ways that would do. */
  ways: readonly (readonly Line[])[];
  legend: string;
}

/** Whose each card is and its level; its type as well, where that is what tells cards apart. */
export function titlesOf(cards: readonly HeldCard[]): Titles {
  const plain = ({ claims }: HeldCard) => `${nameOf(claims).main} · ${levelName(claims["assurance_level"])}`;
  const different = [...new Map(cards.map((card) => [card.id, card])).values()];
  const isUnclear = (card: HeldCard) => different.some((other) => other.vct !== card.vct && plain(other) === plain(card));
  const titles = numbered(different.map((card) => (isUnclear(card) ? `${plain(card)} (${card.vct})` : plain(card))));
  return new Map(different.map(({ id }, at) => [id, titles[at] ?? ""]));
}

/** The cards that a page speaks of. */
export function cardsIn(sections: readonly Section[]): HeldCard[] {
  return sections.flatMap(({ ask }) => ask.ways.flat().flatMap(({ candidates }) => candidates.map(({ card }) => card)));
}

/** What the sets of a request are called, in their order. */
export function labelsOf(sections: readonly Section[], titles: Titles): SetLabels[] {
  const choices = sections.filter(({ ask }) => ask.ways.length > 1);
  const owns = unlike(sections.map((section) => ownOf(section, titles)));
  return sections.map((section, at) => ({
    own: owns[at] ?? [],
    ways: unlike(section.ask.ways.map((parts) => parts.map((part) => lineOf(part, titles)))),
    legend: choices.length > 1 ? `${text().consent.whichWay} (${text().consent.part(choices.indexOf(section) + 1, choices.length)})` : text().consent.whichWay,
  }));
}

function ownOf({ ask, way, shown }: Section, titles: Titles): Line[] {
  // Where other sets show all of it, it is still the way that is chosen.
  const parts = ask.ways.find((one) => nameOfWay(one) === way) ?? [];
  if (shown.length === 0) return parts.map((part) => lineOf(part, titles));
  return shown.map(({ now }) => ({ title: titles.get(now.card.id) ?? "", items: itemsOf(now.fits) }));
}

/** Any of the cards that would do is named, for each that would be shown. */
function lineOf({ candidates }: Part<HeldCard>, titles: Titles): Line {
  const [first] = candidates;
  return { title: candidates.map(({ card }) => titles.get(card.id) ?? "").join(" / "), items: first ? itemsOf(first.fits) : "" };
}

/** What has to be given, and what may be. */
function itemsOf({ required, optional }: Fit): string {
  const [needed, more] = [required.map(({ claim }) => claim), optional.flatMap(({ claims }) => claims)].map(labels);
  return [needed, more && text().consent.ifYouLike(more)].filter(Boolean).join(" · ");
}

function labels(paths: readonly ClaimPath[]): string {
  return [...new Set(paths.map(labelOf))].join(" · ");
}

/** Whatever would still read the same gets a number: a place in a list, say, has no name. */
function unlike(choices: readonly (readonly Line[])[]): (readonly Line[])[] {
  const names = choices.map((lines) => JSON.stringify(lines));
  const numbers = numbered(names).map((name, at) => name.slice(names[at]?.length));
  return choices.map((lines, at) => lines.map((line, place) => (place === 0 ? { ...line, title: line.title + numbers[at] } : line)));
}

function numbered(names: readonly string[]): string[] {
  const places = names.map((name, at) => names.slice(0, at + 1).filter((other) => other === name).length);
  return names.map((name, at) => (names.filter((other) => other === name).length > 1 ? `${name} (${places[at]})` : name));
}
