import "fake-indexeddb/auto";
import { openDB } from "idb";
import { language, LANGUAGES } from "@mibun/ui";
import { render } from "svelte/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import App from "./App.svelte";
import { Collecting } from "./collecting.svelte";
import { text } from "./messages";
import Waiting from "./parts/Waiting.svelte";
import { WalletError } from "./protocol/fault";
import { CLAIMS } from "./protocol/testing/authority";
import { TestService } from "./protocol/testing/service";
import CardDetails from "./screens/CardDetails.svelte";
import Home from "./screens/Home.svelte";
import { wallet } from "./state.svelte";
import { eraseAll } from "./store/database";
import { readSetting, type OpenJourney } from "./store/settings";
import { listWaiting, type WaitingCard } from "./store/waiting";

/** It listens to a window, and there is none here. */
vi.mock("./install.svelte", () => ({ installation: {} }));

const JOURNEY: OpenJourney = { id: "j-1", token: "t", name: "Yamada Hanako", number: ` ${String(CLAIMS.personal_administrative_number)}`, expiresAt: "2026-12-01T00:00:00Z" };
let service: TestService;
let card: WaitingCard;

beforeEach(async () => {
  vi.useFakeTimers({ now: new Date("2026-11-01T00:00:00Z"), toFake: ["Date", "setTimeout", "clearTimeout"] });
  service = await TestService.make();
  service.bends = { refreshes: true, isDeferred: true };
  vi.stubGlobal("fetch", service.fetch);
  vi.stubGlobal("location", new URL(`${service.origin}/wallet/`));
  vi.stubGlobal("sessionStorage", { getItem: () => null, removeItem: () => undefined });
  await new Collecting({ uri: service.offer, code: "123456" }, { origin: service.origin, level: "light" }).look();
  await wallet.load();
  [card] = (await listWaiting()) as [WaitingCard];
});

afterEach(async () => {
  wallet.waiting.stop();
  [wallet.waiting.wish, wallet.waiting.looking, wallet.waiting.arrived, wallet.failure] = [undefined, undefined, undefined, undefined];
  language.choose("en");
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  await eraseAll();
});

const shown = (left?: number) => render(Waiting, { props: { card, left } }).body;
const button = (html: string) => /<button[^>]*data-testid="waiting-look"[^>]*>/.exec(html)?.[0] ?? "";
/** The page as it is, with the wallet as it is. */
function page(): string {
  const load = vi.spyOn(wallet, "load").mockResolvedValue(false);
  const { body } = render(App);
  load.mockRestore();
  return body;
}

const news = (html: string, id: string) => new RegExp(`role="status" data-testid="${id}"[^>]*>([^<]*)<`).exec(html)?.[1];

/** The card arrives. */
async function arrives(): Promise<void> {
  delete service.bends.isDeferred;
  await wallet.waiting.look(card.id);
  expect(wallet.cards.map(({ id }) => id)).toEqual([card.id]);
}

test("a card that arrives is greeted on its own screen, whichever is opened before, and once", async () => {
  await arrives();
  expect(wallet.arrivals.take("another")).toBeUndefined();
  expect(wallet.arrivals.take(card.id)).toMatchObject({ id: card.id, access: { token: "access-1" } });
  expect(wallet.arrivals.take(card.id)).toBeUndefined();
});

test("two cards that arrive are both greeted", () => {
  wallet.arrivals.add({ id: "a", access: undefined });
  wallet.arrivals.add({ id: "b", access: undefined });
  expect([wallet.arrivals.take("a")?.id, wallet.arrivals.take("b")?.id]).toEqual(["a", "b"]);
});

test("who waits for a card has nothing left to do for the enrolment", async () => {
  await wallet.setJourney(JOURNEY);
  await wallet.waitForCard();
  expect([wallet.journey, await readSetting("journey"), wallet.waiting.cards.length]).toEqual([undefined, undefined, 1]);
});

test.each<[string, Partial<OpenJourney>, boolean]>([
  ["the same person's to such a card", {}, true],
  ["the same person's to a full card", { goal: "full" }, false],
  ["somebody else's", { number: "UT-0" }, false],
])("of open enrolments a card that arrives ends %s: %o, %s", async (_, journey, isEnded) => {
  await wallet.setJourney({ ...JOURNEY, ...journey });
  await arrives();
  expect([wallet.journey === undefined, (await readSetting("journey")) === undefined]).toEqual([isEnded, isEnded]);
});

test("a look by itself changes nothing that is spoken, and nothing that can be pressed", () => {
  const before = shown();
  wallet.waiting.looking = card.id;
  expect([shown(), news(before, "waiting-news")]).toEqual([before, ""]);
});

test.each(LANGUAGES)("in %s a look that was wished is spoken of, its button stays where the focus is, and then what came of it", (code) => {
  language.choose(code);
  wallet.waiting.wish = { id: card.id, state: "looking" };
  const html = shown();
  expect(news(html, "waiting-news")).toBe(text().waiting.looking);
  expect([button(html).includes('aria-disabled="true"'), button(html).includes('aria-busy="true"'), / disabled/.test(button(html))]).toEqual([true, true, false]);
  wallet.waiting.wish = { id: card.id, state: "waits" };
  expect(news(shown(), "waiting-news")).toBe(text().waiting.notYet);
  const [part] = card.open?.parts ?? [];
  if (card.open && part) card = { ...card, open: { ...card.open, parts: [{ ...part, answer: { texts: [], notification: undefined } }, part] } };
  expect(news(shown(), "waiting-news")).toBe(text().waiting.partly);
});

test("while one card is looked for another one cannot be, and nothing is said of it", () => {
  wallet.waiting.wish = { id: "another", state: "looking" };
  expect([button(shown()).includes('aria-disabled="true"'), news(shown(), "waiting-news")]).toEqual([true, ""]);
  wallet.waiting.wish = { id: "another", state: "waits" };
  expect(button(shown())).not.toContain("aria-disabled");
});

test.each(LANGUAGES)("in %s fresh copies are spoken of as such, can be given up, and why they do not come is said", async (code) => {
  language.choose(code);
  card = { ...card, renews: "card-1" };
  const { copies } = text().waiting;
  expect([shown().includes(copies.title), shown().includes("waiting-give-up")]).toEqual([true, true]);
  expect([shown(2).includes(copies.meanwhile), shown(0).includes(copies.meanwhile)]).toEqual([true, false]);
  wallet.waiting.wish = { id: card.id, state: "looking" };
  expect(news(shown(), "waiting-news")).toBe(copies.looking);
  card = { ...card, open: undefined, ended: "card_denied" };
  expect([shown().includes(copies.over), shown().includes(copies.ended.card_denied), shown().includes("waiting-start-over")]).toEqual([true, true, false]);
});

test("fresh copies that are waited for are shown where their card is, and nowhere else", async () => {
  await arrives();
  wallet.waiting.cards = [{ ...card, id: "w-2", renews: card.id }, { ...card, id: "w-3", renews: "another" }];
  const html = render(CardDetails, { props: { id: card.id } }).body;
  expect([html.split('data-testid="waiting"').length - 1, html.includes(text().waiting.copies.title), html.includes("waiting-give-up")]).toEqual([1, true, true]);
  expect(render(Home).body).not.toContain('data-testid="waiting"');
});

test("on every screen there is a place where an arrival is heard, before it comes", async () => {
  expect(news(page(), "news")).toBe("");
  await arrives();
  expect(news(page(), "news")).toBe(text().collect.done);
});

test.each(LANGUAGES)("in %s a wallet that cannot be opened says why, and what to do", async (code) => {
  language.choose(code);
  vi.spyOn(wallet.waiting, "load").mockRejectedValue(new WalletError("page_outdated"));
  expect(await wallet.load()).toBe(false);
  const html = page();
  expect([html.includes(text().faults.page_outdated), html.includes(text().opening.reload), html.includes('role="alert"')]).toEqual([true, true, true]);
});

test("an open wallet that a newer page takes over says so at once", async () => {
  const newer = await openDB("mibun-wallet", 9);
  expect(wallet.failure).toMatchObject({ fault: "page_outdated" });
  expect(page()).toContain(text().faults.page_outdated);
  newer.close();
});
