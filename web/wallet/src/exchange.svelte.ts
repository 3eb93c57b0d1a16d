import { ApiError } from "@mibun/api-client";
import { makeAnswer, makeRefusal, send, type Acknowledged, type ReadyAnswer } from "./protocol/answer";
import { anchors } from "./protocol/authority";
import type { ClaimPath } from "./protocol/card";
import { accountOf } from "./protocol/device";
import { isPassing, WalletError } from "./protocol/fault";
import { signIn, type Session } from "./protocol/holder";
import { requestIdOf } from "./protocol/links";
import { resolveRequest, type VerifiedRequest } from "./protocol/request";
import { anyCopy, readCard, returnCopy, takeCopy, type HeldCard } from "./store/cards";
import { isKept, type Copy } from "./store/database";
import { remember, type HistoryEntry } from "./store/history";
import { closeRequest, keepRequest, noteRequest } from "./store/requests";

export type Stage = "reading" | "asking" | "sending" | "given" | "refused";

/** What the holder agreed to show. */
interface Choice {
  card: HeldCard;
  paths: readonly ClaimPath[];
}

/** One request, from the link to the answer. Whatever the network does, it can be gone on with. */
export class Exchange {
  stage: Stage = $state("reading");
  request: VerifiedRequest | undefined = $state.raw();
  failure: unknown = $state.raw();
  /** Does once more what failed, where that may help. */
  retry: (() => Promise<void>) | undefined = $state.raw();
  /** What was agreed to, while it waits for the ID password. */
  waiting: Choice | undefined = $state.raw();
  /** Why the ID password that was entered did not do. */
  trouble: unknown = $state.raw();
  readonly #id: string;
  #session: Session | undefined;
  /** The history's entry about the answer. */
  #entry: number | undefined;
  #hasRefused = false;

  constructor(
    private readonly link: string,
    private readonly origin: string,
    /** Where the asker wants the browser to go in the end. */
    private readonly leave: (address: string) => void,
  ) {
    this.#id = requestIdOf(link);
  }

  /** Makes sure of who asks; goes on from where an earlier visit to this page or another tab stopped. */
  read(): Promise<void> {
    return this.#attempt("reading", async () => {
      const now = new Date();
      const kept = await keepRequest(this.#id, seconds(now));
      if (kept.isAnswered) throw new WalletError("request_answered");
      this.request = await resolveRequest(this.link, this.origin, await anchors(now), now, kept);
      const { object, expiresAt } = this.request;
      await noteRequest(this.#id, { object, ...(expiresAt !== undefined && { until: expiresAt }) });
      this.#entry = kept.entry;
      if (kept.ready) return this.#wait(kept.ready);
      this.stage = "asking";
    });
  }

  /** Shows the items at `paths` with a copy of `card` of its own; of a full card once the ID password is entered. */
  async give(card: HeldCard, paths: readonly ClaimPath[]): Promise<void> {
    const copy = await anyCopy(card.id);
    if (copy && isKept(copy.key) && this.#session?.person !== copy.key.person) {
      this.trouble = undefined;
      this.waiting = { card, paths };
    } else {
      await this.#show({ card, paths });
    }
  }

  /** Goes on with what waits for the ID password. */
  async enter(password: string): Promise<void> {
    const choice = this.waiting;
    if (!choice) return;
    this.trouble = undefined;
    try {
      const copy = await anyCopy(choice.card.id);
      if (!copy || !isKept(copy.key)) throw new WalletError("no_copy");
      this.#session = await signIn(await accountOf(copy.key.person), password, new Date());
    } catch (error) {
      this.trouble = error;
      return;
    }
    // Whoever has left off meanwhile no longer agrees.
    if (this.waiting !== choice) return;
    this.waiting = undefined;
    await this.#show(choice);
  }

  /** The holder would rather look at the request again. */
  leaveOff(): void {
    this.waiting = undefined;
    this.trouble = undefined;
  }

  #show({ card, paths }: Choice): Promise<void> {
    return this.#attempt("sending", async () => {
      if (!this.request) return;
      // Another tab may have been faster.
      if ((await keepRequest(this.#id, seconds(new Date()))).isAnswered) throw new WalletError("request_answered");
      const copy = await takeCopy(card.id);
      if (!copy) throw new WalletError((await readCard(card.id)) ? "no_copy" : "card_gone");
      const answer = await this.#answer(this.request, copy, { card, paths });
      if (!answer) return;
      // The copy is used up from here on, so the answer that it went into must outlive a reload.
      if (answer.isSealed) await noteRequest(this.#id, { ready: { answer, paths } });
      await this.#deliver({ answer, paths }, false);
    });
  }

  /** Until the authority has signed, nobody has seen the copy, so it goes back if that fails. */
  async #answer(request: VerifiedRequest, copy: Copy, choice: Choice): Promise<ReadyAnswer | undefined> {
    try {
      return await makeAnswer(request, copy, { paths: choice.paths, now: new Date(), session: this.#session });
    } catch (error) {
      await returnCopy(copy);
      if (!(error instanceof ApiError && error.code === "session_over")) throw error;
      this.#session = undefined;
      this.stage = "asking";
      this.waiting = choice;
      this.trouble = error;
      return undefined;
    }
  }

  refuse(): Promise<void> {
    return this.#attempt("sending", async () => {
      if (!this.request) return;
      const again = this.#hasRefused;
      this.#hasRefused = true;
      const receipt = await send(makeRefusal(this.request), { again });
      await this.#write("declined");
      await this.#finish("refused", receipt);
    });
  }

  async #deliver({ answer, paths }: { answer: ReadyAnswer; paths: readonly ClaimPath[] }, again: boolean): Promise<void> {
    try {
      const receipt = await send(answer, { again });
      await this.#write("shown", paths);
      await this.#finish("given", receipt);
    } catch (error) {
      await this.#stay(error, { answer, paths });
    }
  }

  /** An answer that got no reply waits here; one that the asker did not accept has been seen by it. */
  async #stay(error: unknown, waiting: { answer: ReadyAnswer; paths: readonly ClaimPath[] }): Promise<void> {
    if (!isPassing(error)) {
      await this.#write("shown", waiting.paths);
      await closeRequest(this.#id);
      throw error;
    }
    // Without any network nothing has left this device; otherwise it may have, although nobody has confirmed it.
    if (globalThis.navigator.onLine) {
      await this.#write("sent", waiting.paths);
      await noteRequest(this.#id, { entry: this.#entry });
    }
    this.#wait(waiting, error);
  }

  #wait(waiting: { answer: ReadyAnswer; paths: readonly ClaimPath[] }, error: unknown = new WalletError("unsent")): void {
    this.failure = error;
    this.retry = () => this.#attempt("sending", () => this.#deliver(waiting, true));
  }

  async #attempt(stage: Stage, action: () => Promise<void>): Promise<void> {
    this.stage = stage;
    this.failure = undefined;
    this.retry = undefined;
    try {
      await action();
    } catch (error) {
      this.failure = error;
      this.retry = isPassing(error) ? () => this.#attempt(stage, action) : undefined;
    }
  }

  async #write(kind: HistoryEntry["kind"], paths?: readonly ClaimPath[]): Promise<void> {
    const entry: HistoryEntry = { at: seconds(new Date()), kind };
    if (this.#entry !== undefined) entry.id = this.#entry;
    if (this.request) entry.organisation = this.request.organisation;
    if (this.request?.notice) entry.title = { ...this.request.notice.title };
    if (paths) entry.fields = paths.map((path) => [...path]);
    this.#entry = await remember(entry);
  }

  async #finish(end: "given" | "refused", { redirect }: Acknowledged): Promise<void> {
    await closeRequest(this.#id);
    this.stage = end;
    if (redirect) this.leave(redirect);
  }
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
