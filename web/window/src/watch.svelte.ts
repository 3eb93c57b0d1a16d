import { checkEvents, openCheck, readCheck, type Check } from "@mibun/api-client";

const POLL = 2000;
const OVER: readonly Check["state"][] = ["verified", "refused", "expired"];

/** One check at this counter, from the code on the screen to the verdict. */
export class CheckWatch {
  check: Check | undefined = $state.raw();
  failure: unknown = $state.raw();
  /** Whether the last try to hear from the server failed; the next one is under way. */
  isCut = $state(false);

  #events: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  get isOver(): boolean {
    return this.check !== undefined && OVER.includes(this.check.state);
  }

  /** Asks the server for a new check of `scene`. */
  async open(scene: string): Promise<void> {
    await this.#begin(() => openCheck({ scene, way: "window" }));
  }

  /** Looks at a check that exists: a browser came back with its result. */
  async resume(id: string): Promise<void> {
    await this.#begin(() => readCheck(id));
  }

  stop(): void {
    this.#stopped = true;
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
    if (this.isOver) this.#events?.close();
  }
}
