import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";

type Answer = Record<string, string>;

/** Our own half of the ID password, at the end of a pipe. */
export class Pipe {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  constructor() {
    const programs = process.env["MIBUN_BIN_DIR"] ?? resolve(import.meta.dirname, "../../../target/debug");
    const program = join(programs, "examples/id-password");
    if (!existsSync(program)) throw new Error(`the tests of the ID password need ${program}: cargo build -p mibun-proofing --examples`);
    this.#child = spawn(program);
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** Sends one command, with randomness of its own, and waits for its answer. */
  async ask(what: string, command: Record<string, unknown>): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify({ do: what, seed: randomBytes(32).toString("base64url"), ...command })}\n`);
    const line = await this.#answers.next();
    if (line.done) throw new Error(`the program ended before it answered ${what}`);
    const answer = JSON.parse(line.value) as Answer;
    if (answer["misunderstood"] !== undefined) throw new Error(`${what}: ${answer["misunderstood"]} is missing or malformed`);
    return answer;
  }

  async end(): Promise<void> {
    const ended = new Promise((done) => this.#child.once("exit", done));
    this.#child.stdin.end();
    await ended;
  }
}
