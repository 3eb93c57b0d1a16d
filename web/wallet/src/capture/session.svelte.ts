import { ApiError, openCapture, readJourney, sendFrame, type Decision, type FrameAnswer, type Hint, type Instruction, type Journey, type JourneyAccess } from "@mibun/api-client";
import { isUnderWay } from "../full/steps";

/** How a capture can end without a decision. */
export type CaptureEnd = "time_over" | "no_more" | "failed";

type Phase = "starting" | "running" | "decided" | "ended";

interface Source {
  grab(): Promise<Blob | undefined>;
}

const MOST_FAILURES = 5;

/**
 * One capture: sends a picture, follows the answer, sends the next.
 *
 * Nothing here decides anything: what to do next, and whether it was done, is the server's word.
 */
export class CaptureSession {
  phase: Phase = $state("starting");
  instruction: Instruction | undefined = $state.raw();
  hint: Hint | undefined = $state();
  progress = $state(0);
  isSlow = $state(false);
  /** What was decided, unless the answer that said so was lost: then the journey knows. */
  decision: Decision | undefined = $state.raw();
  end: CaptureEnd | undefined = $state();
  failure: unknown = $state.raw();

  readonly #abort = new AbortController();

  constructor(
    private readonly access: JourneyAccess,
    private readonly source: Source,
  ) {}

  async run(): Promise<void> {
    try {
      const opened = await openCapture(this.access);
      this.instruction = opened.instruction;
      this.phase = "running";
      await this.#follow(opened.capture, opened.frame_interval_ms);
    } catch (error) {
      if (!this.#abort.signal.aborted) await this.#finish(error);
    }
  }

  stop(): void {
    this.#abort.abort();
  }

  async #follow(capture: string, interval: number): Promise<void> {
    let failures = 0;
    for (let sequence = 0; !this.#abort.signal.aborted; ) {
      const started = performance.now();
      const jpeg = await this.source.grab();
      if (jpeg) {
        try {
          // A number is spent even if the answer is lost: the server may have counted it.
          const answer = await sendFrame(this.access, capture, sequence++, jpeg, this.#abort.signal);
          failures = 0;
          if (this.#take(answer)) return;
        } catch (error) {
          if (++failures >= MOST_FAILURES || !passes(error)) throw error;
          this.isSlow = !(error instanceof ApiError && error.status === 422);
          await this.#wait(waitFor(error));
        }
      }
      await this.#wait(interval - (performance.now() - started));
    }
  }

  /** Whether the capture is over. */
  #take(answer: FrameAnswer): boolean {
    this.isSlow = false;
    this.instruction = answer.instruction;
    this.hint = answer.hint ?? undefined;
    this.progress = answer.progress;
    if (!answer.done) return false;
    if (answer.decision) {
      this.decision = answer.decision;
      this.phase = "decided";
    } else {
      this.end = "time_over";
      this.phase = "ended";
    }
    return true;
  }

  async #finish(error: unknown): Promise<void> {
    const journey = await this.#goneOn();
    if (this.#abort.signal.aborted) return;
    if (journey) {
      this.decision = journey.decision ?? undefined;
      this.phase = "decided";
    } else {
      this.failure = error;
      this.end = endOf(error);
      this.phase = "ended";
    }
  }

  /** The journey, where it has gone on and only this page was not told. */
  async #goneOn(): Promise<Journey | undefined> {
    const journey = await readJourney(this.access, this.#abort.signal).catch(() => undefined);
    if (!journey || isUnderWay(journey)) return undefined;
    // What was rejected before this capture began is no news.
    return journey.state === "rejected" && this.phase === "starting" ? undefined : journey;
  }

  #wait(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#abort.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** No answer, a busy server, or a refusal of this one picture: the next may well go through. */
const PASSING = [0, 422, 429, 503];

function passes(error: unknown): boolean {
  return error instanceof ApiError && PASSING.includes(error.status);
}

function waitFor(error: unknown): number {
  if (!(error instanceof ApiError) || error.status === 422) return 0;
  return Math.min(error.retryAfter ?? 1, 5) * 1000;
}

function endOf(error: unknown): CaptureEnd {
  if (!(error instanceof ApiError)) return "failed";
  if (error.status === 410) return "time_over";
  if (error.code === "chip_missing" || error.code === "password_missing") return "failed";
  if (error.status === 429 || error.status === 409) return "no_more";
  return "failed";
}
