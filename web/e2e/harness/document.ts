import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { settings } from "./settings";

const run = promisify(execFile);
const LIMIT_MS = 60_000;
/** The longer side of a portrait on a chip, in pixels, as issuing states store them. */
const PORTRAIT = 640;

/** What stands in the zone of a document. */
export interface Zone {
  number: string;
  surname: string;
  given: string;
  birth: string;
  nationality: string;
}

/** What is wrong with a document that is to be refused. */
export interface Flaw {
  /** Its last day, where it is over. */
  expiry?: string;
  /** Issued by a state of the same name that nobody imported. */
  foreign?: boolean;
}

/** How a reading ended, as the terminal is told. */
export interface Reading {
  type: "done" | "refused";
  code?: string;
}

/** Founds a state whose documents the server believes from now on; once per folder. */
export async function foundState(folder: string): Promise<void> {
  const [state, certificate] = [join(folder, "state.json"), join(folder, "csca.der")];
  if (existsSync(state)) return;
  await run(settings().chip, ["found", state, certificate, "--seed", "browser tests"], { timeout: LIMIT_MS });
  const env = { ...process.env, MIBUN_CONFIG: join(folder, "mibun.toml") };
  await run(settings().mibun, ["trust", "import-csca", certificate], { env, timeout: LIMIT_MS });
}

/** Makes a passport of that state with a photograph on its chip; answers its file. `page` makes the photograph small. */
export async function makePassport(page: Page, folder: string, zone: Zone, photograph: string, flaw: Flaw = {}): Promise<string> {
  const file = join(folder, `passport-${zone.number}-${photograph}${flaw.expiry ?? ""}${flaw.foreign ? "-foreign" : ""}.json`);
  const state = join(folder, flaw.foreign ? "foreign.json" : "state.json");
  if (flaw.foreign) await run(settings().chip, ["found", state, join(folder, "foreign.der"), "--seed", "somebody else"], { timeout: LIMIT_MS });
  const portrait = join(folder, `portrait-${photograph}.jpg`);
  writeFileSync(portrait, await small(page, readFileSync(join(settings().faces, `${photograph}.jpg`))));
  const person = ["--number", zone.number, "--surname", zone.surname, "--given-names", zone.given, "--birth", zone.birth, "--expiry", flaw.expiry ?? "2035-12-31", "--nationality", zone.nationality];
  await run(settings().chip, ["make", state, file, "--portrait", portrait, ...person], { timeout: LIMIT_MS });
  return file;
}

async function small(page: Page, picture: Buffer): Promise<Buffer> {
  const encoded = await page.evaluate(
    async ([base64, longest]) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
      const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
      const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width * scale, height: bitmap.height * scale });
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      return canvas.toDataURL("image/jpeg", 0.8).split(",")[1] ?? "";
    },
    [picture.toString("base64"), PORTRAIT] as const,
  );
  return Buffer.from(encoded, "base64");
}

/** Puts a document, or a copy of it, on a terminal that was told the code. */
export async function readAt(server: string, code: string, document: string, copied = false): Promise<Reading> {
  const relay = ["relay", document, "--server", server, "--code", code, ...(copied ? ["--copied"] : [])];
  // It ends with 2 where the document was refused, and says why all the same.
  const { stdout } = await run(settings().chip, relay, { timeout: LIMIT_MS }).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 2) return error as { stdout: string };
    throw error;
  });
  return JSON.parse(stdout) as Reading;
}
