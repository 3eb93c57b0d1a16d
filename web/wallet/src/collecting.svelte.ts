import { ApiError, type Level } from "@mibun/api-client";
import { anchors } from "./protocol/authority";
import { redeem, type Access } from "./protocol/access";
import { askPage, redeemAnswer, type PageAnswer } from "./protocol/authorize";
import type { Collected, Stage } from "./protocol/collect";
import { becomeDevice } from "./protocol/device";
import { isPassing, WalletError } from "./protocol/fault";
import { signIn, type Session } from "./protocol/holder";
import { issuerOf, resolveOffer, type ResolvedOffer } from "./protocol/issuer";
import { dropAsking, findAsking, keepAsking } from "./store/asking";
import { addCard } from "./store/cards";
import { remember } from "./store/history";
import { followAuthority } from "./trusting";
import { collectOrWait } from "./waiting";

export type Progress = "offer" | Stage | "keeping";

/** An offer, and the code for it where the wallet knows it already. */
export interface Offered {
  /** None where the person names the card on the authority's page. */
  uri?: string | undefined;
  code?: string | undefined;
}

interface Options {
  origin: string;
  /** Which card is offered, where the wallet knows it from its own journey. */
  level?: Level | undefined;
  /** Looks for the offer again: one that belongs to a journey is renewed as long as its card was not collected. */
  renew?: (() => Promise<Offered | undefined>) | undefined;
  /** What the authority's page has answered. */
  answer?: PageAnswer | undefined;
}

/** One offer, up to the card in the wallet. What it stops at can be gone on with. */
export class Collecting {
  at: Progress = $state("offer");
  /** What the person is to enter now, or that the authority's page is where they enter it. */
  asks: "code" | "password" | "page" | undefined = $state();
  failure: unknown = $state.raw();
  card: string | undefined = $state();
  /** Whether somebody has to decide first: the card is waited for. */
  waits = $state(false);
  #resolved: ResolvedOffer | undefined;
  #access: Access | undefined;
  #session: Session | undefined;
  #password: string | undefined;
  #typesCode = false;
  #hasRenewed = false;

  constructor(
    private offered: Offered,
    private readonly options: Options,
  ) {}

  /** What the card was collected with; good for one more request, a revocation code. Never stored. */
  get access(): Access | undefined {
    return this.#access;
  }

  /** Looks up the offer; goes on if nothing has to be entered. */
  look(): Promise<void> {
    return this.#attempt(async () => {
      await followAuthority();
      this.#resolved ??= await this.#resolve();
      if (this.#resolved.needsCode && !this.offered.code) this.asks = "code";
      else if (this.#resolved.way === "page" && !this.#access && !this.options.answer) this.asks = "page";
      else await this.#fetch(this.#resolved);
    });
  }

  async #resolve(): Promise<ResolvedOffer> {
    const { origin, answer } = this.options;
    // Once the page has answered, what it was asked about may no longer be looked up.
    if (this.offered.uri && !answer) return resolveOffer(this.offered.uri, origin);
    return { ...(await issuerOf(origin, origin)), way: "page", needsCode: false };
  }

  /** Leads to the authority's page; this one comes back with its answer. */
  goToPage(leave: (address: string) => void): Promise<void> {
    return this.#attempt(async () => {
      if (!this.#resolved) return;
      const { page, asking } = await askPage(this.#resolved);
      await keepAsking(asking, Math.floor(Date.now() / 1000));
      leave(page);
      // Whoever comes back without an answer finds the same question.
      this.asks = "page";
    });
  }

  enterCode(code: string): Promise<void> {
    this.#typesCode = true;
    this.offered = { ...this.offered, code };
    return this.look();
  }

  enterPassword(password: string): Promise<void> {
    this.#password = password;
    return this.look();
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    this.failure = this.asks = undefined;
    try {
      await action();
    } catch (error) {
      this.at = "offer";
      this.failure = error;
      this.asks = this.#asksAgain(error);
    } finally {
      this.#password = undefined;
    }
  }

  async #fetch(resolved: ResolvedOffer): Promise<void> {
    if (this.options.level === "full" && !this.#hasPassword()) return;
    const now = new Date();
    this.at = "keys";
    this.#access ??= await this.#redeem(resolved);
    try {
      if (!(await this.#open(resolved, this.#access, now))) return;
      const onStage = (stage: Stage) => (this.at = stage);
      const collected = await collectOrWait(resolved, { access: this.#access, session: this.#session, anchors: await anchors(now), now, onStage });
      if (collected) await this.#keep(collected);
      else this.waits = true;
    } catch (error) {
      await this.#recover(error);
    }
  }

  async #redeem(resolved: ResolvedOffer): Promise<Access> {
    const { answer } = this.options;
    if (!answer) return redeem(resolved, this.offered.code);
    try {
      const access = await redeemAnswer(resolved, await findAsking(answer.state), answer);
      await dropAsking(answer.state);
      return access;
    } catch (error) {
      // Where nobody has said no, the same answer is tried again.
      if (!isPassing(error)) await dropAsking(answer.state);
      throw error;
    }
  }

  /** Whether the keys of the card can be made: those of a full one once the holder has signed in. */
  async #open(resolved: ResolvedOffer, access: Access, now: Date): Promise<boolean> {
    if (this.options.level === "light" || this.#session) return true;
    const account = await becomeDevice(access, resolved.id, now);
    if (!account) return true;
    if (!this.#hasPassword()) return false;
    this.#session = await signIn(account, this.#password ?? "", now);
    return true;
  }

  #hasPassword(): boolean {
    if (this.#password || this.#session) return true;
    this.at = "offer";
    this.asks = "password";
    return false;
  }

  async #keep({ card, copies, accept }: Collected): Promise<void> {
    this.at = "keeping";
    await addCard(card, copies);
    await remember({ at: card.obtainedAt, kind: "received" });
    await accept().catch(() => undefined);
    this.card = card.id;
  }

  /** While a person types, a session or an access token may end; the journey has a new offer then. */
  async #recover(error: unknown): Promise<void> {
    const code = error instanceof ApiError ? error.code : undefined;
    if (code === "session_over") this.#session = undefined;
    if (code !== "unauthorized") throw error;
    this.#access = this.#resolved = undefined;
    const renewed = this.#hasRenewed ? undefined : await this.options.renew?.();
    if (!renewed) throw new WalletError("offer_used", { cause: error });
    this.#hasRenewed = true;
    this.offered = renewed;
    await this.look();
  }

  /** A code or a password is typed again where it was typed wrong. */
  #asksAgain(error: unknown): "code" | "password" | undefined {
    if (error instanceof WalletError && error.fault === "wrong_password") return "password";
    if (error instanceof ApiError && PASSWORD_AGAIN.includes(error.code)) return "password";
    const isCode = error instanceof WalletError && error.fault === "offer_refused" && this.#typesCode && this.#access === undefined;
    if (!isCode) return undefined;
    this.offered = { uri: this.offered.uri };
    return "code";
  }
}

/** The refusals after which the same screen asks for the password once more. */
const PASSWORD_AGAIN = ["wrong_password", "session_over", "password_wait"];
