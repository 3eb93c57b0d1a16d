import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { settings } from "./settings";

/** What the camera can see of a person: each movement, and a print or a screen held up instead. */
export type Scene = "neutral" | "turn_left" | "turn_right" | "nod" | "blink" | "closer" | "print" | "screen";

/** Pictures for the camera, by what they show. */
export type Actor = Record<Scene, readonly Buffer[]>;

const LIMIT_MS = 120_000;

/** Renders the person of a photograph in every pose; `folder` keeps the pictures for the next caller. */
export function actor(photograph: string, folder: string): Actor {
  const { actor: program, faces, models } = settings();
  const pictures = join(folder, `actor-${photograph}`);
  if (mkdirSync(pictures, { recursive: true })) {
    execFileSync(program, [join(faces, `${photograph}.jpg`), pictures, "--models", models], { timeout: LIMIT_MS, stdio: "pipe" });
  }
  const names = readdirSync(pictures).sort();
  const of = (scene: Scene) => {
    const files = names.filter((name) => name.startsWith(`${scene}_`) && name.endsWith(".i420"));
    if (files.length === 0) throw new Error(`no pictures of ${scene}`);
    return files.map((name) => readFileSync(join(pictures, name)));
  };
  return {
    neutral: of("neutral"),
    turn_left: of("turn_left"),
    turn_right: of("turn_right"),
    nod: of("nod"),
    blink: of("blink"),
    closer: of("closer"),
    print: of("print"),
    screen: of("screen"),
  };
}
