import { Access } from "./protocol/access";
import { anchors } from "./protocol/authority";
import { cardOf, namesOf, readPart, type Part, type Reading } from "./protocol/batch";
import { collect, isReady, type CollectOptions, type Collected, type NotReady } from "./protocol/collect";
import { askIssuer, isIssued, refusalIn, type Answer, type Pending } from "./protocol/credential";
import { isPassing, WalletError, type Fault } from "./protocol/fault";
import { issuerOf, type Issuer } from "./protocol/issuer";
import { tell } from "./protocol/notice";
import { renewed } from "./protocol/renewal";
import { replace } from "./replacing";
import { readCard } from "./store/cards";
import { remember } from "./store/history";
import { addParts, arrive, dropWaiting, isOverdue, keepWaiting, noteRenewed, noteWaiting, readWaiting, type OpenWaiting, type WaitingCard } from "./store/waiting";
import { followAuthority } from "./trusting";
import { inTurn } from "./turns";

/** What came of looking for a card once more; `gone` where it is not waited for any more. */
export interface Look {
  state: "arrived" | "waits" | "ended" | "gone";
  /** What a new card was had with. Never stored. */
  access?: Access;
}

/**
 * Collects a card, or keeps what asking for it again takes: `undefined` where it is not ready. With `renews`, it is fresh
 * copies of that card.
 *
 * @throws {WalletError}
 */
export function collectOrWait(issuer: Issuer, options: CollectOptions, renews?: string): Promise<Collected | undefined> {
  const id = crypto.randomUUID();
  // Nobody looks for it before all of it is asked for: the card would come without its second format.
  return inTurn(turn(id), () => firstRound(issuer, { ...options, id }, renews));
}

async function firstRound(issuer: Issuer, options: CollectOptions, renews: string | undefined): Promise<Collected | undefined> {
  let kept: string | undefined;
  const onNotReady = async (notReady: NotReady) => {
    const waiting = waitingOf(issuer, options.access, notReady, renews);
    // Meanwhile another tab may have had the card, or given it up.
    if (kept) return addParts(kept, waiting.open);
    await keepWaiting(waiting);
    kept = notReady.id;
  };
  try {
    const outcome = await collect(issuer, { ...options, onNotReady });
    if (isReady(outcome)) return outcome;
    if (!renews) await remember({ at: seconds(), kind: "awaited" });
    return undefined;
  } catch (error) {
    if (kept) await dropWaiting(kept);
    throw error;
  }
}

/**
 * Asks for a card that was not ready; before its issuer wants that only if a person wishes it.
 *
 * @throws {WalletError} for what may pass; the card is waited for as before.
 */
export function lookAgain(id: string, origin: string, isWished = false): Promise<Look> {
  return inTurn(turn(id), async () => {
    const waiting = await readWaiting(id);
    if (!waiting?.open) return { state: waiting ? "ended" : "gone" };
    if (!isWished && waiting.open.askAfter > seconds()) return { state: "waits" };
    const round = new Round(waiting, waiting.open);
    try {
      return await round.look(await issuerOf(waiting.issuer, origin));
    } catch (error) {
      return round.endedBy(error);
    }
  });
}

function turn(id: string): string {
  return `mibun-waiting-${id}`;
}

/** One time that a card is asked for. */
class Round {
  #parts: readonly Part[];
  /** What the card does without if it comes now, and what is asked for again if it does not. */
  #setAside: readonly Part[] = [];
  #access: OpenWaiting["access"];
  #isRenewed = false;
  /** Whether what has come is not the card. */
  #isFalse = false;
  /** Whether the card itself has come before: then nothing of it waits for its other format any longer. */
  readonly #wasThere: boolean;

  constructor(
    private readonly waiting: WaitingCard,
    open: OpenWaiting,
  ) {
    [this.#parts, this.#access] = [open.parts, open.access];
    this.#wasThere = isThere(open.parts);
  }

  async look(issuer: Issuer): Promise<Look> {
    for (const part of this.#parts) {
      if (isIssued(part.answer)) continue;
      const next = await this.#ask(issuer, part, part.answer);
      this.#parts = this.#parts.flatMap((one) => (one !== part ? [one] : (next ?? [])));
      await this.#note();
    }
    const come = this.#parts.filter(({ answer }) => isIssued(answer));
    return come.length === this.#parts.length || this.#wasThere ? this.#arrive(issuer, come) : { state: "waits" };
  }

  /** What a failure means: the issuer's last word ends it, anything else may pass. */
  async endedBy(error: unknown): Promise<Look> {
    const { id, renews } = this.waiting;
    if (error instanceof WalletError && error.fault === "card_gone") {
      // Where it is the card that is gone, nobody waits for its copies.
      await dropWaiting(id);
      return { state: "gone" };
    }
    const isTooLate = !isPassing(error) && isOverdue(this.waiting, seconds());
    const ended = this.#isFalse ? "card_not_genuine" : (lastWord(error) ?? (isTooLate ? "not_awaited" : undefined));
    if (!ended) {
      await noteWaiting(id, this.#news());
      throw error;
    }
    // Keys and tokens go with it. A card that only gets no fresh copies stays.
    const isNoted = await noteWaiting(id, { open: undefined, ended, askedAt: seconds() });
    if (isNoted && !renews) await remember({ at: seconds(), kind: "withheld" });
    return { state: isNoted ? "ended" : "gone" };
  }

  /** What the issuer says of a part now; `undefined` where the card does without it. */
  async #ask(issuer: Issuer, part: Part, pending: Pending): Promise<Part | undefined> {
    try {
      return { ...part, answer: await this.#answer(issuer, pending) };
    } catch (error) {
      if (!this.#doesWithout(part, error)) throw error;
      if (!isRefused(error)) this.#setAside = [...this.#setAside, part];
      return undefined;
    }
  }

  async #answer(issuer: Issuer, { transaction }: Pending): Promise<Answer> {
    const ask = async () => askIssuer(issuer, await Access.restored(issuer.id, this.#access), "deferred_credential_endpoint", { transaction_id: transaction });
    try {
      return await ask();
    } catch (error) {
      if (refusalIn(error) !== "invalid_token" || !(await this.#renew(issuer))) throw error;
      return ask();
    }
  }

  /** A card is worth having without its second format: whatever becomes of that, what has come is not thrown away. */
  #doesWithout({ format }: Part, error: unknown): boolean {
    if (format === "dc+sd-jwt" || (error instanceof WalletError && NOT_THEIRS.includes(error.fault))) return false;
    return this.#wasThere || REFUSED.includes(refusalIn(error)) || (isThere(this.#parts) && isRefused(error));
  }

  /** Whether there is another access token now; it is kept before it is used. */
  async #renew(issuer: Issuer): Promise<boolean> {
    if (this.#isRenewed || !this.#access.renewal) return false;
    const access = await renewed(issuer, this.#access.renewal);
    [this.#access, this.#isRenewed] = [access.kept(), true];
    if (!(await noteRenewed(this.waiting, this.#news(), access.renewal))) throw new WalletError("card_gone");
    return true;
  }

  async #arrive(issuer: Issuer, parts: readonly Part[]): Promise<Look> {
    const access = await Access.restored(issuer.id, this.#access);
    await followAuthority();
    const now = new Date();
    const reading = { id: this.waiting.id, issuer, access, anchors: await anchors(now), now };
    try {
      await this.#keep(await read(parts, reading));
    } catch (error) {
      this.#isFalse = error instanceof WalletError && error.fault === "card_not_genuine";
      if (error instanceof WalletError) await tell(issuer, access, namesOf(parts), "credential_failure").catch(() => undefined);
      throw error;
    }
    await tell(issuer, access, namesOf(parts), "credential_accepted").catch(() => undefined);
    return { state: "arrived", ...(!this.waiting.renews && { access }) };
  }

  async #keep({ card, copies }: Pick<Collected, "card" | "copies">): Promise<void> {
    const { id, renews } = this.waiting;
    if (!renews) {
      if (!(await arrive(card, copies))) throw new WalletError("card_gone");
      await remember({ at: card.obtainedAt, kind: "received" });
      return;
    }
    const held = await readCard(renews);
    if (!held) throw new WalletError("card_gone");
    await replace(held, { card, copies }, id);
  }

  /** @throws {WalletError} `card_gone` where the card was given up meanwhile. */
  async #note(): Promise<void> {
    if (!(await noteWaiting(this.waiting.id, this.#news()))) throw new WalletError("card_gone");
  }

  #news(): Pick<WaitingCard, "askedAt" | "open"> {
    const [askedAt, parts] = [seconds(), [...this.#parts, ...this.#setAside]];
    return { askedAt, open: { parts, access: this.#access, askAfter: askedAt + intervalOf(parts) } };
  }
}

/** The card that has come. @throws {WalletError} `card_not_genuine` */
async function read(parts: readonly Part[], reading: Reading): Promise<Pick<Collected, "card" | "copies">> {
  const [first, second] = await Promise.all(
    FORMATS.map(async (format) => {
      const part = parts.find((one) => one.format === format);
      return part && readPart(part, reading);
    }),
  );
  if (!first) throw new WalletError("card_not_genuine");
  return { card: cardOf(first, second, reading), copies: [...first.copies, ...(second?.copies ?? [])] };
}

const FORMATS = ["dc+sd-jwt", "mso_mdoc"] as const;

/** Whether the card itself has come, of which any other format is an addition. */
function isThere(parts: readonly Part[]): boolean {
  return parts.some(({ format, answer }) => format === "dc+sd-jwt" && isIssued(answer));
}

/** What a card is not to be had beside: somebody stood between, or nobody waits any more. */
const NOT_THEIRS: readonly Fault[] = ["card_not_genuine", "card_not_sealed", "card_gone"];

/** After these the same request brings nothing any more. */
const REFUSED: readonly (string | undefined)[] = ["invalid_transaction_id", "credential_request_denied"];
/** A token that is refused could not be renewed. */
const UNKNOWN = ["invalid_transaction_id", "invalid_token", "invalid_grant"];

/** Whether asking once more brings nothing. */
function isRefused(error: unknown): boolean {
  return REFUSED.includes(refusalIn(error)) || lastWord(error) !== undefined;
}

function lastWord(error: unknown): Fault | undefined {
  const code = refusalIn(error) ?? "";
  if (code === "credential_request_denied") return "card_denied";
  return UNKNOWN.includes(code) ? "not_awaited" : undefined;
}

function waitingOf(issuer: Issuer, access: Access, { id, parts }: NotReady, renews: string | undefined): WaitingCard & { open: OpenWaiting } {
  const now = seconds();
  const open = { parts, access: access.kept(), askAfter: now + intervalOf(parts) };
  return { id, issuer: issuer.id, open, since: now, askedAt: now, ...(renews && { renews }) };
}

/** The issuer wants to be asked for all of them then. */
function intervalOf(parts: readonly Part[]): number {
  return Math.max(0, ...parts.map(({ answer }) => (isIssued(answer) ? 0 : answer.interval)));
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
