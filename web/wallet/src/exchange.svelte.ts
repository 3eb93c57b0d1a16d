import { ApiError } from "@mibun/api-client";
import { makeAnswer, makeRefusal, send, type Acknowledged, type ReadyAnswer } from "./protocol/answer";
import { anchors } from "./protocol/authority";
import type { ClaimPath } from "./protocol/card";
import { accountOf, notePasskey } from "./protocol/device";
import { isPassing, WalletError } from "./protocol/fault";
import { signIn, type Session } from "./protocol/holder";
import { requestIdOf } from "./protocol/links";
import { hasPasskey, PasskeySigner, type PasskeyAccount } from "./protocol/passkey";
import type { CardQuery, Wanted } from "./protocol/query";
import { resolveRequest, type VerifiedRequest } from "./protocol/request";
import { anyCopy, copyOf, readCard, returnCopy, takeCopy, takeThis, type HeldCard } from "./store/cards";
import { isKept, type Copy } from "./store/database";
import { remember, type HistoryEntry } from "./store/history";
import { closeRequest, keepRequest, noteRequest } from "./store/requests";

export type Stage = "reading" | "asking" | "sending" | "given" | "refused";

/** What the holder agrees to show. */
export interface Chosen {
  /** The part of the request that is answered. */
  query: CardQuery;
  items: readonly Wanted[];
}

interface Choice extends Chosen {
  card: HeldCard;
}

/** What showing a card takes: nothing but the consent, the ID password (which the scene may insist on), or the passkey. */
export type Way = "consent" | "password" | "password_always" | "passkey";

/** Why the ID password is asked for although there is a passkey, or was. */
export type Why = "scene" | "passkey_lost";

/** One request, from the link to the answer. Whatever the network does, it can be gone on with. */
export class Exchange {
  stage: Stage = $state("reading");
  request: VerifiedRequest | undefined = $state.raw();
  failure: unknown = $state.raw();
  /** Does once more what failed, where that may help. */
  retry: (() => Promise<void>) | undefined = $state.raw();
  /** What was agreed to, while it waits for the ID password. */
  waiting: (Choice & { why?: Why | undefined }) | undefined = $state.raw();
  /** Whether the browser is asking for the passkey now. */
  isConfirming = $state(false);
  /** Why the passkey did not confirm; nothing was shown. */
  unconfirmed: unknown = $state.raw();
  /** The card whose passkey has turned out to be none. */
  lostPasskey: HeldCard | undefined = $state.raw();
  /** Why the ID password that was entered did not do. */
  trouble: unknown = $state.raw();
  readonly #id: string;
  #session: Session | undefined;
  /** The history's entry about the answer. */
  #entry: number | undefined;
  #hasRefused = false;
  readonly #left = new AbortController();

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

  /** What it takes to show `card` to the one who asks. */
  async wayOf(card: HeldCard): Promise<Way> {
    const copy = await anyCopy(card.id);
    if (!copy || !isKept(copy.key)) return "consent";
    if (this.request?.notice?.presence === "password") return "password_always";
    return (await withPasskey(copy.key.person)) ? "passkey" : "password";
  }

  /**
   * Shows what is chosen with a copy of `card` of its own; of a full card once the passkey has confirmed it or the ID
   * password is entered.
   */
  async give(card: HeldCard, chosen: Chosen, { byPassword = false } = {}): Promise<void> {
    const way = await this.wayOf(card);
    const copy = await anyCopy(card.id);
    this.trouble = this.unconfirmed = undefined;
    const choice = { card, ...chosen };
    if (way === "consent" || !copy || !isKept(copy.key) || this.#session?.person === copy.key.person) await this.#show(choice);
    else if (way === "passkey" && !byPassword) await this.#showByPasskey(choice);
    else this.waiting = { ...choice, why: way === "password_always" ? "scene" : undefined };
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

  /** Nobody is there any more to confirm anything. */
  stop(): void {
    this.#left.abort();
  }

  async #showByPasskey(choice: Choice): Promise<void> {
    if (this.isConfirming || !this.request) return;
    this.isConfirming = true;
    this.failure = this.retry = undefined;
    this.stage = "asking";
    try {
      const confirmed = await this.#confirmed(this.request, choice);
      await this.#attempt("sending", () => this.#hand(confirmed, claimsOf(choice)));
    } catch (error) {
      await this.#doOtherwise(error, choice);
    } finally {
      this.isConfirming = false;
    }
  }

  /** The copy stays where it is until the holder has confirmed: that takes a while, and the page may be left. */
  async #confirmed(request: VerifiedRequest, { card, query, items }: Choice): Promise<ReadyAnswer> {
    const copy = await copyOf(card.id, query.format);
    const account = copy && isKept(copy.key) ? await withPasskey(copy.key.person) : undefined;
    if (!copy || !account) throw new WalletError("no_copy");
    let isTaken = false;
    const onConfirmed = async () => {
      this.stage = "sending";
      await this.#mustBeOpen();
      isTaken = await takeThis(copy);
      if (!isTaken) throw new WalletError("busy");
    };
    try {
      return await makeAnswer(request, copy, { query, items, now: new Date(), signer: new PasskeySigner(account, { signal: this.#left.signal, onConfirmed }) });
    } catch (error) {
      if (isTaken) await returnCopy(copy);
      throw error;
    }
  }

  /** Where the passkey does not do, the holder is not left without a way. */
  async #doOtherwise(error: unknown, choice: Choice): Promise<void> {
    this.stage = "asking";
    if (error instanceof WalletError && error.fault === "passkey_not_used") {
      this.unconfirmed = error;
    } else if (error instanceof ApiError && error.code === "password_needed") {
      this.waiting = { ...choice, why: "scene" };
    } else if (error instanceof ApiError && NO_PASSKEY.includes(error.code)) {
      await this.#forgetPasskey(choice.card);
      this.waiting = { ...choice, why: "passkey_lost" };
    } else {
      this.failure = error;
      this.retry = isPassing(error) ? () => this.#showByPasskey(choice) : undefined;
    }
  }

  async #forgetPasskey(card: HeldCard): Promise<void> {
    const key = (await anyCopy(card.id))?.key;
    if (key && isKept(key)) await notePasskey(await accountOf(key.person), undefined);
    this.lostPasskey = card;
  }

  /** Another tab may have been faster. */
  async #mustBeOpen(): Promise<void> {
    if ((await keepRequest(this.#id, seconds(new Date()))).isAnswered) throw new WalletError("request_answered");
  }

  #show(choice: Choice): Promise<void> {
    return this.#attempt("sending", async () => {
      if (!this.request) return;
      await this.#mustBeOpen();
      const { id } = choice.card;
      const copy = await takeCopy(id, choice.query.format);
      if (!copy) throw new WalletError((await readCard(id)) ? "no_copy" : "card_gone");
      const answer = await this.#answer(this.request, copy, choice);
      if (answer) await this.#hand(answer, claimsOf(choice));
    });
  }

  /** The copy is used up from here on, so the answer that it went into must outlive a reload. */
  async #hand(answer: ReadyAnswer, paths: readonly ClaimPath[]): Promise<void> {
    if (answer.isSealed) await noteRequest(this.#id, { ready: { answer, paths } });
    await this.#deliver({ answer, paths }, false);
  }

  /** Until the authority has signed, nobody has seen the copy, so it goes back if that fails. */
  async #answer(request: VerifiedRequest, copy: Copy, choice: Choice): Promise<ReadyAnswer | undefined> {
    try {
      return await makeAnswer(request, copy, { ...choice, now: new Date(), signer: this.#session });
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

/** The refusals after which there is no passkey any more. */
const NO_PASSKEY = ["passkey_missing", "passkey_refused"];

/** The account of a person whose device has a passkey that could be asked for here. */
async function withPasskey(person: string): Promise<PasskeyAccount | undefined> {
  const account = await accountOf(person).catch(() => undefined);
  return account && hasPasskey(account) ? account : undefined;
}

/** What a choice gives, as the history names it. */
function claimsOf({ items }: Chosen): ClaimPath[] {
  return items.map(({ claim }) => [...claim]);
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
