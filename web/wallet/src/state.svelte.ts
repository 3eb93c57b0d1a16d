import type { ChipKey } from "@mibun/api-client";
import { go, route } from "@mibun/ui";
import { Arrivals, isEndOf } from "./arrivals.svelte";
import { pageAnswer, type PageAnswer } from "./protocol/authorize";
import { carried, readLink, type Link } from "./protocol/links";
import { topUp } from "./renewing";
import { whenOutdated } from "./store/database";
import { listCards, type HeldCard } from "./store/cards";
import { dropSetting, readSetting, writeSetting, type OpenJourney } from "./store/settings";
import { Watching } from "./watching.svelte";

const LINK = "mibun.link";

/** What the screens share: the cards held, the enrolment under way, and the link being followed. */
class WalletState {
  isReady = $state(false);
  /** Why the wallet cannot be opened. */
  failure: unknown = $state.raw();
  cards: HeldCard[] = $state.raw([]);
  journey: OpenJourney | undefined = $state.raw();
  /** The request or offer that is being followed; kept out of the address bar. */
  link: string | undefined = $state();
  /** What the authority's page answered, when the browser came back from there. Never stored. */
  answer: PageAnswer | undefined = $state.raw();
  readonly arrivals = new Arrivals();
  /** What opens the chip of the document that was just photographed. Never stored. */
  chip: ChipKey | undefined = $state.raw();
  /** The cards that are waited for. Never asked for beside a question of somebody's: it tells nobody when a card is shown. */
  readonly waiting = new Watching({
    origin: () => location.origin,
    isFree: () => route.parts[0] !== "request",
    onArrived: async (arrival) => {
      if (arrival.access) this.arrivals.add(arrival);
      await this.reloadCards();
      const come = this.cards.find(({ id }) => id === arrival.id);
      if (come && this.journey && isEndOf(this.journey, come)) await this.endJourney();
    },
  });

  /** Opens the wallet; `false` where that cannot be done, and `failure` says why. */
  async load(): Promise<boolean> {
    this.failure = undefined;
    whenOutdated((fault) => (this.failure = fault));
    try {
      [this.cards, this.journey] = await Promise.all([listCards(), readSetting("journey"), this.waiting.load()]);
      this.link ??= sessionStorage.getItem(LINK) ?? undefined;
      this.isReady = true;
    } catch (error) {
      this.failure = error;
    }
    return this.failure === undefined;
  }

  async reloadCards(): Promise<void> {
    this.cards = await listCards();
  }

  /** Fetches more copies of cards that are running out, where that needs nobody. */
  async topUp(): Promise<void> {
    await topUp(await listCards(), location.origin);
    await this.reloadCards();
    // Some of them may have to be waited for.
    await this.waiting.start();
  }

  async setJourney(journey: OpenJourney): Promise<void> {
    await writeSetting("journey", journey);
    this.journey = journey;
  }

  async endJourney(): Promise<void> {
    await dropSetting("journey");
    this.journey = undefined;
  }

  /** A card is waited for: nothing is left to do for the enrolment that led to it. */
  async waitForCard(): Promise<void> {
    await this.waiting.start();
    await this.endJourney();
    this.letGo();
  }

  /** Follows a scanned or pasted text; `false` if it is nothing for a wallet. */
  follow(text: string): boolean {
    return this.#open(readLink(text, location.origin));
  }

  /** Follows the link that the page was opened with, and takes it out of the address bar. */
  followAddress(): void {
    const parameters = new URLSearchParams(location.search);
    const link = carried(parameters, location.origin);
    this.answer = pageAnswer(parameters);
    if (!link && !this.answer) return;
    history.replaceState(null, "", location.pathname + location.hash);
    if (link) this.#open(link);
    else go("/card-from-page", { replace: true });
  }

  /** Nothing is left to do for the link: this tab need not find it again. */
  letGo(): void {
    sessionStorage.removeItem(LINK);
  }

  #open(link: Link): boolean {
    if (link.kind === "unknown") return false;
    this.link = link.uri;
    // So that a reload and the way back lead here again, in this tab and no other.
    sessionStorage.setItem(LINK, link.uri);
    go(link.kind === "request" ? "/request" : "/offer");
    return true;
  }
}

export const wallet = new WalletState();
