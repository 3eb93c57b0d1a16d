import type { Access } from "./protocol/access";
import { dropWaiting, listWaiting, type WaitingCard } from "./store/waiting";
import { lookAgain } from "./waiting";

/** How often an open page asks by itself, all cards together; then a person has to wish it. */
const MOST_LOOKS = 120;
/** How soon a page that was not free to ask tries again. */
const PAUSE_S = 15;

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

/** The cards that are waited for, and the page that asks for them as often as their issuers like. */
export class Watching {
  cards: WaitingCard[] = $state.raw([]);
  /** The card that is being asked for. */
  looking: string | undefined = $state();
  /** Why a look that a person wished led nowhere, and at which card. */
  failure: { id: string; error: unknown } | undefined = $state.raw();
  /** The card that has come last while the page was open. */
  arrived: string | undefined = $state();
  #left = MOST_LOOKS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: Options) {}

  async load(): Promise<void> {
    this.cards = await listWaiting();
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
    if (this.looking) return;
    this.#left = MOST_LOOKS;
    this.failure = undefined;
    try {
      await this.#look(id, true);
    } catch (error) {
      this.failure = { id, error };
    }
    this.#schedule();
  }

  /** Waits no longer: keys and tokens are deleted. */
  async giveUp(id: string): Promise<void> {
    await dropWaiting(id);
    await this.start();
  }

  #schedule(pause = 1): void {
    clearTimeout(this.#timer);
    const next = Math.min(...this.cards.map(({ open }) => open?.askAfter ?? Infinity));
    if (next === Infinity || this.#left <= 0) return;
    this.#timer = setTimeout(() => void this.#tick(), Math.max(next * 1000 - Date.now(), pause * 1000));
  }

  async #tick(): Promise<void> {
    if (this.looking || globalThis.document?.hidden || !this.options.isFree()) return this.#schedule(PAUSE_S);
    for (const { id, open } of this.cards) {
      if (!open || open.askAfter * 1000 > Date.now()) continue;
      this.#left--;
      // What does not work now is tried later.
      await this.#look(id, false).catch(() => undefined);
    }
    this.#schedule(PAUSE_S);
  }

  async #look(id: string, isWished: boolean): Promise<void> {
    this.looking = id;
    try {
      const { state, access } = await lookAgain(id, this.options.origin(), isWished);
      // Another tab may have had it.
      if (state === "arrived" || state === "gone") await this.options.onArrived({ id, access });
      if (state === "arrived") this.arrived = id;
    } finally {
      this.looking = undefined;
      await this.load();
    }
  }
}
