import { Access } from "./protocol/access";
import { anchors } from "./protocol/authority";
import { cardOf, namesOf, readPart, type Part, type Reading } from "./protocol/batch";
import { collect, isReady, type CollectOptions, type Collected, type NotReady } from "./protocol/collect";
import { askIssuer, isIssued, refusalIn, type Pending } from "./protocol/credential";
import { WalletError, type Fault } from "./protocol/fault";
import { issuerOf, type Issuer } from "./protocol/issuer";
import { tell } from "./protocol/notice";
import { renewed } from "./protocol/renewal";
import { replace } from "./replacing";
import { noteRenewal, readCard } from "./store/cards";
import { remember } from "./store/history";
import { arrive, dropWaiting, keepWaiting, noteWaiting, readWaiting, type OpenWaiting, type WaitingCard } from "./store/waiting";
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
export async function collectOrWait(issuer: Issuer, options: CollectOptions, renews?: string): Promise<Collected | undefined> {
  let kept: string | undefined;
  const onNotReady = async (notReady: NotReady) => {
    await keepWaiting(waitingOf(issuer, options.access, notReady, renews));
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
  return inTurn(`mibun-waiting-${id}`, async () => {
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

/** One time that a card is asked for. */
class Round {
  #parts: readonly Part[];
  #access: OpenWaiting["access"];
  #isRenewed = false;
  /** Whether what has come is not the card. */
  #isFalse = false;

  constructor(
    private readonly waiting: WaitingCard,
    open: OpenWaiting,
  ) {
    [this.#parts, this.#access] = [open.parts, open.access];
  }

  async look(issuer: Issuer): Promise<Look> {
    const before = this.#parts;
    for (const part of before) {
      if (isIssued(part.answer)) continue;
      const next = await this.#ask(issuer, part, part.answer);
      this.#parts = this.#parts.flatMap((one) => (one !== part ? [one] : (next ?? [])));
      await this.#note();
    }
    // Whoever has one format for the second time does not wait for the other.
    const isThere = before.some(({ format, answer }) => format === "dc+sd-jwt" && isIssued(answer));
    const come = this.#parts.filter(({ answer }) => isIssued(answer));
    return come.length === this.#parts.length || isThere ? this.#arrive(issuer, come) : { state: "waits" };
  }

  /** What a failure means: the issuer's last word ends it, anything else may pass. */
  async endedBy(error: unknown): Promise<Look> {
    const { id, renews } = this.waiting;
    if (error instanceof WalletError && error.fault === "card_gone") return { state: "gone" };
    const ended = this.#isFalse ? "card_not_genuine" : lastWord(error);
    if (!ended) {
      await noteWaiting(id, this.#news());
      throw error;
    }
    // Keys and tokens go with it. A card that only gets no fresh copies stays.
    const isNoted = renews ? await dropWaiting(id) : await noteWaiting(id, { open: undefined, ended, askedAt: seconds() });
    if (isNoted && !renews) await remember({ at: seconds(), kind: "withheld" });
    return { state: isNoted ? "ended" : "gone" };
  }

  async #ask(issuer: Issuer, part: Part, { transaction }: Pending): Promise<Part | undefined> {
    try {
      const access = await Access.restored(issuer.id, this.#access);
      return { ...part, answer: await askIssuer(issuer, access, "deferred_credential_endpoint", { transaction_id: transaction }) };
    } catch (error) {
      if (refusalIn(error) === "invalid_token" && (await this.#renew(issuer))) return this.#ask(issuer, part, { transaction, interval: 0 });
      // A card is worth having without its second format.
      if (part.format !== "dc+sd-jwt" && REFUSED.includes(refusalIn(error))) return undefined;
      throw error;
    }
  }

  /** Whether there is another access token now; it is kept before it is used. */
  async #renew(issuer: Issuer): Promise<boolean> {
    if (this.#isRenewed || !this.#access.renewal) return false;
    const access = await renewed(issuer, this.#access.renewal);
    [this.#access, this.#isRenewed] = [access.kept(), true];
    await this.#note();
    if (this.waiting.renews) await noteRenewal(this.waiting.renews, access.renewal);
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
    // First: a copy that is put into its place twice may have been shown in between.
    await dropWaiting(id);
    if (!held) throw new WalletError("card_gone");
    await replace(held, { card, copies });
  }

  /** @throws {WalletError} `card_gone` where the card was given up meanwhile. */
  async #note(): Promise<void> {
    if (!(await noteWaiting(this.waiting.id, this.#news()))) throw new WalletError("card_gone");
  }

  #news(): Pick<WaitingCard, "askedAt" | "open"> {
    const askedAt = seconds();
    return { askedAt, open: { parts: this.#parts, access: this.#access, askAfter: askedAt + intervalOf(this.#parts) } };
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

/** After these the same request brings nothing any more. */
const REFUSED: readonly (string | undefined)[] = ["invalid_transaction_id", "credential_request_denied"];
/** A token that is refused could not be renewed. */
const UNKNOWN = ["invalid_transaction_id", "invalid_token", "invalid_grant"];

function lastWord(error: unknown): Fault | undefined {
  const code = refusalIn(error) ?? "";
  if (code === "credential_request_denied") return "card_denied";
  return UNKNOWN.includes(code) ? "not_awaited" : undefined;
}

function waitingOf(issuer: Issuer, access: Access, { id, parts }: NotReady, renews: string | undefined): WaitingCard {
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
