import { answerByDigitalCredential, ApiError, checkEvents, digitalCredentialRequests, openCheck, readCheck, type Check, type DigitalCredentialAnswer } from "@mibun/api-client";
import { askDevice } from "./device";
import { lastShown, nowShown } from "./shown";

const POLL = 2000;
/** How often a check is looked at whose answer got no reply. */
const TRIES = 5;
const OVER: readonly Check["state"][] = ["verified", "refused", "expired"];

/** Whether the server may have taken what it did not reply to. */
function isUncertain(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status >= 500 || error.code === "already_answered");
}

/** The check of the visitor before, which this tab is done with. */
function doneWith(): { after?: string } {
  const after = lastShown();
  return after === undefined ? {} : { after };
}

/** One check at this counter, from the code on the screen to the verdict. */
export class CheckWatch {
  check: Check | undefined = $state.raw();
  failure: unknown = $state.raw();
  /** Whether the last try to hear from the server failed; the next one is under way. */
  isCut = $state(false);
  /** Whether the wallet of this device has been asked and has not answered. */
  isAsking = $state(false);
  /** Whether it was asked, and nothing was shown. */
  isUnanswered = $state(false);

  readonly #cancelled = new AbortController();
  #events: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  get isOver(): boolean {
    return this.check !== undefined && OVER.includes(this.check.state);
  }

  /** Asks the server for a new check of `scene`. */
  async open(scene: string): Promise<void> {
    await this.#begin(() => openCheck({ scene, way: "window", ...doneWith() }));
  }

  /** Looks at a check that exists: a browser came back with its result. */
  async resume(id: string): Promise<void> {
    await this.#begin(() => readCheck(id));
  }

  /** Asks the wallet of this device by a check of its own, and waits for the verdict. */
  async ask(scene: string): Promise<void> {
    this.isAsking = true;
    try {
      this.#take(await openCheck({ scene, way: "browser", format: "either", ...doneWith() }));
      const answer = await this.#answerOfDevice();
      if (answer) this.#take(answer);
      else this.isUnanswered = !this.#stopped;
    } catch (error) {
      if (!this.#stopped) this.failure = error;
    } finally {
      this.isAsking = false;
    }
  }

  async #answerOfDevice(): Promise<Check | undefined> {
    const { signal } = this.#cancelled;
    if (!this.check || signal.aborted) return undefined;
    const asked = await digitalCredentialRequests(this.check.id, signal);
    const answer = await askDevice(asked, signal);
    return answer && this.#deliver(this.check.id, answer);
  }

  /** Hands an answer over. Where no reply came, the server may have it all the same, and is asked. */
  async #deliver(id: string, answer: DigitalCredentialAnswer): Promise<Check> {
    try {
      return await answerByDigitalCredential(id, answer);
    } catch (error) {
      if (!isUncertain(error)) throw error;
      for (let left = TRIES; left > 0 && !this.#stopped; left--) {
        await new Promise((done) => setTimeout(done, POLL));
        const check = await readCheck(id).catch(() => undefined);
        if (check && OVER.includes(check.state)) return check;
      }
      throw error;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelled.abort();
    this.#events?.close();
    clearTimeout(this.#timer);
  }

  async #begin(first: () => Promise<Check>): Promise<void> {
    try {
      this.#take(await first());
      if (!this.isOver && !this.#stopped) this.#listen();
    } catch (error) {
      this.failure = error;
    }
  }

  #listen(): void {
    if (!this.check) return;
    const events = new EventSource(checkEvents(this.check.id));
    this.#events = events;
    events.addEventListener("check", (event: MessageEvent<string>) => this.#take(JSON.parse(event.data) as Check));
    events.onerror = () => {
      // Some proxies hold event streams back: from here on the server is asked instead.
      events.close();
      if (!this.isOver && !this.#stopped) void this.#poll();
    };
  }

  async #poll(): Promise<void> {
    if (!this.check || this.#stopped) return;
    try {
      this.#take(await readCheck(this.check.id));
    } catch {
      this.isCut = true;
    }
    if (!this.isOver && !this.#stopped) this.#timer = setTimeout(() => void this.#poll(), POLL);
  }

  #take(check: Check): void {
    if (this.#stopped) return;
    this.isCut = false;
    this.check = check;
    nowShown(check.id);
    if (this.isOver) this.#events?.close();
  }
}
