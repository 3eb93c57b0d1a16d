import { ApiError } from "@mibun/api-client";
import { makeAnswer, makeRefusal, send, tell, type Acknowledged, type ReadyAnswer, type Showing } from "./protocol/answer";
import { anchors } from "./protocol/authority";
import type { ClaimPath } from "./protocol/card";
import { accountOf, notePasskey } from "./protocol/device";
import { isPassing, RequestRefused, WalletError } from "./protocol/fault";
import { signIn, type Session } from "./protocol/holder";
import { requestIdOf } from "./protocol/links";
import { hasPasskey, PasskeySigner, type PasskeyAccount } from "./protocol/passkey";
import type { CardQuery, Wanted } from "./protocol/query";
import { resolveRequest, type VerifiedRequest } from "./protocol/request";
import { findCopies, keeperOf, readCard, returnCopies, takeCopies, takeThese, type HeldCard, type WantedCopy } from "./store/cards";
import { isKept, type Copy } from "./store/database";
import { remember, type HistoryEntry } from "./store/history";
import { closeRequest, keepRequest, noteRequest, refuseRequest } from "./store/requests";

export type Stage = "reading" | "asking" | "sending" | "given" | "refused";

/** What the holder agrees to show of a card, with a copy of its own. */
export interface Choice {
  card: HeldCard;
  /** The part of the request that is answered. */
  query: CardQuery;
  items: readonly Wanted[];
}

/** What showing cards takes: nothing but the consent, the ID password (which the scene may insist on), or the passkey. */
export type Way = "consent" | "password" | "password_always" | "passkey";

/** Why the ID password is asked for although there is a passkey, or was. */
export type Why = "scene" | "passkey_lost" | "several";

/** What was agreed to, while it waits for an ID password. */
interface Waiting {
  choices: readonly Choice[];
  /** Of the full cards agreed to, the one whose holder enters the ID password now. */
  card: HeldCard;
  /** Whether there are full cards of more than one person, so that it has to be said whose it is. */
  isOneOfSeveral: boolean;
  why: Why | undefined;
}

/** One request, from the link to the answer. Whatever the network does, it can be gone on with. */
export class Exchange {
  stage: Stage = $state("reading");
  request: VerifiedRequest | undefined = $state.raw();
  failure: unknown = $state.raw();
  /** Does once more what failed, where that may help. */
  retry: (() => Promise<void>) | undefined = $state.raw();
  waiting: Waiting | undefined = $state.raw();
  /** Whether the browser is asking for the passkey now. */
  isConfirming = $state(false);
  /** Why the passkey did not confirm; nothing was shown. */
  unconfirmed: unknown = $state.raw();
  /** The card whose passkey has turned out to be none. */
  lostPasskey: HeldCard | undefined = $state.raw();
  /** Whether the asker has heard that its request is refused. */
  isTold = $state(false);
  /** Why the ID password that was entered did not do. */
  trouble: unknown = $state.raw();
  readonly #id: string;
  /** Sign-ins, by whose they are. */
  readonly #sessions = new Map<string, Session>();
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
      if (kept.isAnswered) throw new WalletError(kept.refused ?? "request_answered");
      this.request = await resolveRequest(this.link, this.origin, await anchors(now), now, kept).catch((error: unknown) => this.#tell(error));
      const { object, expiresAt } = this.request;
      await noteRequest(this.#id, { object, ...(expiresAt !== undefined && { until: expiresAt }) });
      this.#entry = kept.entry;
      if (kept.ready) return this.#wait(kept.ready);
      this.stage = "asking";
    });
  }

  /** Whoever asks for what cannot be answered hears it once, whatever becomes of that; a request of nobody knows whom is not replied to. */
  async #tell(error: unknown): Promise<never> {
    const now = seconds(new Date());
    if (error instanceof RequestRefused && error.asker && (await refuseRequest(this.#id, { fault: error.fault, expiresAt: error.asker.expiresAt }, now))) {
      const { asker, code } = error;
      await remember({ at: now, kind: "unanswerable", organisation: asker.organisation });
      this.isTold = await tell(asker, code);
    }
    throw error;
  }

  /** What it takes to show `cards` to the one who asks: each as often as it is listed. */
  async wayOf(cards: readonly HeldCard[]): Promise<Way> {
    const keepers = await keepersOf(cards);
    const [first] = keepers;
    if (first === undefined) return "consent";
    if (this.request?.notice?.presence === "password") return "password_always";
    // A passkey confirms one text at a time, and browsers ask for it once for each press of a button.
    return keepers.length === 1 && (await withPasskey(first.person)) ? "passkey" : "password";
  }

  /**
   * Shows what is chosen, each with a copy of its own; full cards once the passkey has confirmed it or the ID password is
   * entered.
   */
  async give(choices: readonly Choice[], { byPassword = false } = {}): Promise<void> {
    const way = await this.wayOf(choices.map(({ card }) => card));
    this.trouble = this.unconfirmed = undefined;
    if (way === "passkey" && !byPassword && !(await this.#isSignedIn(choices))) await this.#showByPasskey(choices);
    else await this.#showByPassword(choices, way === "password_always" ? "scene" : await this.#whySeveral(choices));
  }

  async #isSignedIn(choices: readonly Choice[]): Promise<boolean> {
    return (await keepersOf(choices.map(({ card }) => card))).every(({ person }) => this.#sessions.has(person));
  }

  /** Shows what is chosen as soon as everyone has signed in whose full card is among it. */
  async #showByPassword(choices: readonly Choice[], why?: Why): Promise<void> {
    const keepers = await keepersOf(choices.map(({ card }) => card));
    const next = keepers.find(({ person }) => !this.#sessions.has(person));
    this.waiting = next && { choices, card: next.card, why, isOneOfSeveral: keepers.some(({ person }) => person !== next.person) };
    if (!next) await this.#show(choices);
  }

  /** Whoever has a passkey is told why it does not do. */
  async #whySeveral(choices: readonly Choice[]): Promise<Why | undefined> {
    const keepers = await keepersOf(choices.map(({ card }) => card));
    const accounts = await Promise.all(keepers.map(({ person }) => withPasskey(person)));
    return keepers.length > 1 && accounts.some(Boolean) ? "several" : undefined;
  }

  /** Goes on with what waits for the ID password. */
  async enter(password: string): Promise<void> {
    const { waiting } = this;
    if (!waiting) return;
    this.trouble = undefined;
    try {
      const person = await keeperOf(waiting.card.id);
      if (person === undefined) throw new WalletError("no_copy");
      this.#sessions.set(person, await signIn(await accountOf(person), password, new Date()));
    } catch (error) {
      this.trouble = error;
      return;
    }
    // Whoever has left off meanwhile no longer agrees.
    if (this.waiting === waiting) await this.#showByPassword(waiting.choices);
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

  async #showByPasskey(choices: readonly Choice[]): Promise<void> {
    if (this.isConfirming || !this.request) return;
    this.isConfirming = true;
    this.failure = this.retry = undefined;
    this.stage = "asking";
    try {
      const confirmed = await this.#confirmed(this.request, choices);
      await this.#attempt("sending", () => this.#hand(confirmed, claimsOf(choices)));
    } catch (error) {
      await this.#doOtherwise(error, choices);
    } finally {
      this.isConfirming = false;
    }
  }

  /** The copies stay where they are until the holder has confirmed: that takes a while, and the page may be left. */
  async #confirmed(request: VerifiedRequest, choices: readonly Choice[]): Promise<ReadyAnswer> {
    const copies = await findCopies(choices.map(wantedOf));
    const key = copies?.map((copy) => copy.key).find(isKept);
    const account = key && (await withPasskey(key.person));
    if (!copies) throw await lackOf(choices);
    if (!account) throw new WalletError("no_copy");
    let areTaken = false;
    const onConfirmed = async () => {
      this.stage = "sending";
      await this.#mustBeOpen();
      areTaken = await takeThese(copies);
      if (!areTaken) throw new WalletError("busy");
    };
    const signer = new PasskeySigner(account, { signal: this.#left.signal, onConfirmed });
    const showings = choices.flatMap(({ query, items }, at) => copies.slice(at, at + 1).map((copy): Showing => ({ query, items, copy, signer })));
    // First the one that is confirmed: until then nothing else is done.
    const inOrder = [...showings.filter(({ copy }) => isKept(copy.key)), ...showings.filter(({ copy }) => !isKept(copy.key))];
    try {
      return await makeAnswer(request, inOrder, new Date());
    } catch (error) {
      if (areTaken) await returnCopies(copies);
      throw error;
    }
  }

  /** Where the passkey does not do, the holder is not left without a way. */
  async #doOtherwise(error: unknown, choices: readonly Choice[]): Promise<void> {
    this.stage = "asking";
    if (error instanceof WalletError && error.fault === "passkey_not_used") {
      this.unconfirmed = error;
    } else if (error instanceof ApiError && error.code === "password_needed") {
      await this.#showByPassword(choices, "scene");
    } else if (error instanceof ApiError && NO_PASSKEY.includes(error.code)) {
      await this.#forgetPasskey(choices);
      await this.#showByPassword(choices, "passkey_lost");
    } else {
      this.failure = error;
      this.retry = isPassing(error) ? () => this.#showByPasskey(choices) : undefined;
    }
  }

  async #forgetPasskey(choices: readonly Choice[]): Promise<void> {
    const [kept] = await keepersOf(choices.map(({ card }) => card));
    if (kept) await notePasskey(await accountOf(kept.person), undefined);
    this.lostPasskey = kept?.card;
  }

  /** Another tab may have been faster. */
  async #mustBeOpen(): Promise<void> {
    if ((await keepRequest(this.#id, seconds(new Date()))).isAnswered) throw new WalletError("request_answered");
  }

  #show(choices: readonly Choice[]): Promise<void> {
    return this.#attempt("sending", async () => {
      if (!this.request) return;
      await this.#mustBeOpen();
      const copies = await takeCopies(choices.map(wantedOf));
      if (!copies) throw await lackOf(choices);
      const answer = await this.#answer(this.request, copies, choices);
      if (answer) await this.#hand(answer, claimsOf(choices));
    });
  }

  /** The copies are used up from here on, so the answer that they went into must outlive a reload. */
  async #hand(answer: ReadyAnswer, paths: readonly ClaimPath[]): Promise<void> {
    if (answer.isSealed) await noteRequest(this.#id, { ready: { answer, paths } });
    await this.#deliver({ answer, paths }, false);
  }

  /** Until everything is signed, nobody has seen the copies, so they go back if that fails. */
  async #answer(request: VerifiedRequest, copies: readonly Copy[], choices: readonly Choice[]): Promise<ReadyAnswer | undefined> {
    const showings = choices.flatMap(({ query, items }, at) => copies.slice(at, at + 1).map((copy): Showing => ({ query, items, copy, signer: isKept(copy.key) ? this.#sessions.get(copy.key.person) : undefined })));
    try {
      return await makeAnswer(request, showings, new Date());
    } catch (error) {
      await returnCopies(copies);
      if (!(error instanceof ApiError && error.code === "session_over")) throw error;
      this.#sessions.clear();
      this.stage = "asking";
      await this.#showByPassword(choices);
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

/** The full cards of `cards`, each as often as it is listed, and whose they are in the authority's words. */
async function keepersOf(cards: readonly HeldCard[]): Promise<{ card: HeldCard; person: string }[]> {
  const found = await Promise.all(cards.map(async (card) => ({ card, person: await keeperOf(card.id) })));
  return found.flatMap(({ card, person }) => (person === undefined ? [] : { card, person }));
}

/** Why there is no copy for one of the choices. */
async function lackOf(choices: readonly Choice[]): Promise<WalletError> {
  const held = await Promise.all(choices.map(({ card }) => readCard(card.id)));
  if (!held.every(Boolean)) return new WalletError("card_gone");
  return new WalletError(held.every((one, at) => one?.revision === choices[at]?.card.revision) ? "no_copy" : "card_changed");
}

/** What the holder saw is what is given: of a card that says something else by now there is no copy for it. */
function wantedOf({ card, query }: Choice): WantedCopy {
  return { card: card.id, format: query.format, revision: card.revision };
}

/** What choices give, as the history names it: each item once, whichever card it is from. */
function claimsOf(choices: readonly Choice[]): ClaimPath[] {
  const claims = choices.flatMap(({ items }) => items.map(({ claim }) => [...claim]));
  return [...new Map(claims.map((claim) => [JSON.stringify(claim), claim])).values()];
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
