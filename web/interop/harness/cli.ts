import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Certified } from "./authority";
import { settings } from "./settings";

const LIMIT_MS = 30_000;

/** What a command printed, and how it ended. */
export interface Ran {
  code: number;
  output: Record<string, unknown>;
}

/** Whose wallet it is. */
export interface Equipment {
  /** The file of its store; made with the first command. */
  store: string;
  /** The roots it trusts. */
  trust: string;
  /** Who vouches for it; without, it is nobody in particular. */
  provider?: Certified | undefined;
  profile?: "haip-1.0" | "latest";
}

/** A wallet at the command line, with a store of its own. */
export class CommandLine {
  readonly #common: string[];

  constructor({ store, trust, provider, profile }: Equipment) {
    const vouched = provider ? ["--provider-key", provider.keyFile, "--provider-chain", provider.chainFile, "--profile", profile ?? "haip-1.0"] : [];
    this.#common = ["--store", store, "--trust", trust, "--allow-http-loopback", "--json", ...vouched];
  }

  /** Runs `mibun-wallet` and reads the object it prints. */
  async run(...command: string[]): Promise<Ran> {
    try {
      const { stdout } = await promisify(execFile)(settings().wallet, [...this.#common, ...command], { timeout: LIMIT_MS });
      return { code: 0, output: JSON.parse(stdout) as Ran["output"] };
    } catch (error) {
      // A card that is not ready is a result, though not one that scripts should take for a card.
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, output: JSON.parse(stdout || stderr) as Ran["output"] };
    }
  }

  /** The cards it holds, as it lists them. */
  async cards(): Promise<{ id: string; format: string; copies_left: number; copies_used: number }[]> {
    return (await this.run("list")).output["cards"] as Awaited<ReturnType<CommandLine["cards"]>>;
  }
}

/** Wallets of one kind, each new one with an empty store in `folder`. */
export function walletsIn(folder: string, equipment: Omit<Equipment, "store">): (other?: Partial<Equipment>) => CommandLine {
  return (other) => new CommandLine({ store: join(folder, `wallet-${randomUUID()}.json`), ...equipment, ...other });
}
