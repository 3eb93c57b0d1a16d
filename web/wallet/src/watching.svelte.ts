import type { Access } from "./protocol/access";
import { listWaiting, putAway, type WaitingCard } from "./store/waiting";
import { lookAgain, type Look } from "./waiting";

/** How often an open page asks by itself, all cards together; then a person has to wish it. */
const MOST_LOOKS = 120;
/** How soon a page that was not free to ask tries again. */
const PAUSE_S = 15;
/** A page looks at its clock at least this often: somebody may have set it back, and timers end at 24 days. */
const LONGEST_MS = 3_600_000;

/** A card that has come, and what it was had with. */
export interface Arrival {
  id: string;
  access: Access | undefined;
}

interface Options {
  origin: () => string;
  /** Whether nothing on the page keeps it from asking. */
  isFree: () => boolean;
  onArrived: (arrival: Arrival) => Promise<void>;
}

interface Wish {
  id: string;
  state: Look["state"] | "looking";
}

/** The cards that are waited for, and the page that asks for them as often as their issuers like. */
export class Watching {
  cards: WaitingCard[] = $state.raw([]);
  /** The card that is being asked for. */
  looking: string | undefined = $state();
  /** What a person wished to know last, and what came of it: of the looks by itself a page says nothing. */
  wish: Wish | undefined = $state.raw();
  /** Why a look that a person wished led nowhere, and at which card. */
  failure: { id: string; error: unknown } | undefined = $state.raw();
  /** The card that has come last while the page was open. */
  arrived: string | undefined = $state();
  #left = MOST_LOOKS;
  /** Ends with the look that is under way. */
  #underWay: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: Options) {}

  async load(): Promise<void> {
    this.cards = (await listWaiting()).filter(({ isHidden }) => !isHidden);
  }

  /** Asks from now on. */
  async start(): Promise<void> {
    await this.load();
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** A person wishes to know. */
  async look(id: string): Promise<void> {
    if (this.wish?.state === "looking") return;
    this.#left = MOST_LOOKS;
    [this.failure, this.wish] = [undefined, { id, state: "looking" }];
    await this.#underWay;
    try {
      this.wish = { id, state: await this.#ask(id, true) };
    } catch (error) {
      [this.failure, this.wish] = [{ id, error }, undefined];
    }
    this.#schedule();
  }

  /** Whoever opens a card that has come has seen it. */
  greet(id: string): void {
    if (this.arrived === id) this.arrived = undefined;
  }

  /** Waits no longer, or says no more why it does not come: keys and tokens are deleted. */
  async giveUp(id: string): Promise<void> {
    await putAway(id);
    await this.start();
  }

  #schedule(pause = 1): void {
    clearTimeout(this.#timer);
    const next = Math.min(...this.cards.map(({ open }) => open?.askAfter ?? Infinity));
    if (next === Infinity || this.#left <= 0) return;
    this.#timer = setTimeout(() => void this.#tick(), Math.min(Math.max(next * 1000 - Date.now(), pause * 1000), LONGEST_MS));
  }

  async #tick(): Promise<void> {
    for (const { id, open } of this.cards) {
      // Before every card: while one was asked for, somebody's question may have come.
      if (this.#isTaken()) break;
      if (!open || open.askAfter * 1000 > Date.now()) continue;
      this.#left--;
      // What does not work now is tried later.
      await this.#ask(id, false).catch(() => undefined);
    }
    this.#schedule(PAUSE_S);
  }

  #isTaken(): boolean {
    return this.looking !== undefined || this.wish?.state === "looking" || globalThis.document?.hidden === true || !this.options.isFree();
  }

  #ask(id: string, isWished: boolean): Promise<Look["state"]> {
    const look = this.#lookAt(id, isWished);
    this.#underWay = look.catch(() => undefined);
    return look;
  }

  async #lookAt(id: string, isWished: boolean): Promise<Look["state"]> {
    this.looking = id;
    try {
      const { state, access } = await lookAgain(id, this.options.origin(), isWished);
      // Another tab may have had it.
      if (state === "arrived" || state === "gone") await this.options.onArrived({ id, access });
      // Fresh copies of a card that is here are no new card.
      if (state === "arrived" && access) this.arrived = id;
      return state;
    } finally {
      this.looking = undefined;
      await this.load();
    }
  }
}
