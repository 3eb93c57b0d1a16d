import { ApiError, openPairing, readPairing, type ChipRefusal, type JourneyAccess, type PairingState } from "@mibun/api-client";
import type { ShownCode } from "../store/settings";

/** `over` is a code that nobody claimed in time. */
type Standing = PairingState | "over";

interface Options {
  /** A code that was shown before a reload. */
  kept?: ShownCode | undefined;
  /** Keeps the code, so that a reload finds it again. */
  keep: (shown: ShownCode) => Promise<void>;
  /** The document is read, or the journey is no longer where the wallet thought it was. */
  ondone: () => void;
}

const LOOK_MS = 1000;
/** Codes that follow one another while nobody does anything; after that the person asks for the next. */
const MOST_CODES = 6;
/** A reading that outlasts its code ends by itself some time later, in milliseconds. */
const READING_MS = 150_000;
const MOST_FAILURES = 20;
/** Codes last some minutes. A device whose clock says otherwise is wrong; then this many seconds are taken for it. */
const [SHORTEST, USUAL, LONGEST] = [30, 240, 3600];

/** One code after another that brings a reader to a journey, and what becomes of it. */
export class Pairing {
  shown: ShownCode | undefined = $state.raw();
  standing: Standing = $state("waiting");
  refusal: ChipRefusal | undefined = $state.raw();
  failure: unknown = $state.raw();
  /** Seconds for which the code is still good. */
  left = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #codes = 0;
  readonly #abort = new AbortController();

  constructor(
    private readonly access: JourneyAccess,
    private readonly options: Options,
  ) {
    const { kept } = options;
    if (kept && secondsTo(kept.expiresAt) > 0) this.shown = kept;
  }

  /** Shows a code and follows it. */
  async start(): Promise<void> {
    if (!this.shown) return this.renew();
    this.left = secondsTo(this.shown.expiresAt);
    await this.#look();
  }

  /** A new code, because the person wants one. */
  again(): Promise<void> {
    this.#codes = 0;
    return this.renew();
  }

  async renew(): Promise<void> {
    clearTimeout(this.#timer);
    this.failure = this.refusal = undefined;
    try {
      const { code, expires_at: end } = await openPairing(this.access);
      if (this.#abort.signal.aborted) return;
      this.#codes++;
      this.shown = { code, expiresAt: plausible(end) };
      await this.options.keep(this.shown);
      [this.standing, this.left, this.#failures] = ["waiting", secondsTo(this.shown.expiresAt), 0];
      this.#next();
    } catch (error) {
      this.#fail(error);
    }
  }

  stop(): void {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }

  #next(): void {
    if (!this.#abort.signal.aborted) this.#timer = setTimeout(() => void this.#look(), LOOK_MS);
  }

  async #look(): Promise<void> {
    const { shown } = this;
    if (!shown || this.#abort.signal.aborted) return;
    this.left = Math.max(0, secondsTo(shown.expiresAt));
    // Nobody looks: the next look is when somebody does.
    if (globalThis.document?.visibilityState === "hidden") return this.#next();
    try {
      const { state, refusal } = await readPairing(this.access, shown.code, this.#abort.signal);
      [this.standing, this.refusal, this.#failures] = [state, refusal ?? undefined, 0];
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      // Codes that are over are forgotten some time later.
      if (error instanceof ApiError && error.status === 404) return this.#end();
      if (!passes(error) || ++this.#failures >= MOST_FAILURES) {
        return this.#fail(error);
      }
    }
    await this.#goOn(shown);
  }

  #fail(error: unknown): void {
    this.failure = error;
    if (error instanceof ApiError && error.status === 401) this.options.ondone();
  }

  async #goOn(shown: ShownCode): Promise<void> {
    if (this.standing === "done") return this.options.ondone();
    if (this.standing === "refused") return;
    const isOver = secondsTo(shown.expiresAt) * 1000 <= (this.standing === "reading" ? -READING_MS : 0);
    return isOver ? this.#end() : this.#next();
  }

  async #end(): Promise<void> {
    this.standing = "over";
    if (this.#codes < MOST_CODES) await this.renew();
  }
}

function plausible(end: string): string {
  const seconds = secondsTo(end);
  return seconds >= SHORTEST && seconds <= LONGEST ? end : new Date(Date.now() + USUAL * 1000).toISOString();
}

function secondsTo(instant: string): number {
  return Math.ceil((new Date(instant).getTime() - Date.now()) / 1000);
}

function passes(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
}

/** A code as it is read aloud: two halves of four. */
export function halves(code: string): string[] {
  return code.match(/.{1,4}/g) ?? [];
}
