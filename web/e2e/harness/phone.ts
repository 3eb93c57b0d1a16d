import { join } from "node:path";
import type { Page } from "playwright-core";
import { actor, type Actor } from "./actor";
import { openBrowser, PHONE, type Browser } from "./browser";
import { Camera } from "./camera";
import { PHOTOGRAPHS } from "./person";

/** A telephone with the wallet on it, and somebody before its camera. */
export interface Phone {
  browser: Browser;
  camera: Camera;
  face: Actor;
  wallet: Page;
  close(): Promise<void>;
}

/** Takes a new telephone into the hand; `name` keeps its camera apart from those of other tests. */
export async function openPhone(folder: string, name: string): Promise<Phone> {
  const face = actor(PHOTOGRAPHS.a.camera, folder);
  const camera = new Camera(join(folder, `${name}.y4m`), face.neutral);
  const browser = await openBrowser(PHONE, camera.path);
  const close = () => {
    camera.stop();
    return browser.close();
  };
  return { browser, camera, face, wallet: await browser.page(), close };
}
