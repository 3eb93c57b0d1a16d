import { randomInt } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";

export const WIDTH = 640;
export const HEIGHT = 480;
/** Bytes of a picture as three planes, brightness first. */
export const PICTURE_BYTES = (WIDTH * HEIGHT * 3) / 2;

const HEADER = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`);
const MARK = Buffer.from("FRAME\n");
/** Two places: while the browser reads one, the other is written. */
const PLACES = 2;
const INTERVAL_MS = 90;

/**
 * A camera whose picture the test chooses while the browser looks.
 *
 * The browser reads its video file picture by picture, round and round; this writes other pictures into the same
 * places. Every picture gets noise of its own, as from a real sensor: the server refuses a picture that came before.
 */
export class Camera {
  readonly #file: number;
  readonly #timer: NodeJS.Timeout;
  #pictures: readonly Buffer[];
  #at = 0;
  #place = 0;
  /** Another for each camera: with the same noise, the same person before two of them would be a replay. */
  #noise = randomInt(0x7fffffff);

  constructor(
    readonly path: string,
    first: readonly Buffer[],
  ) {
    this.#pictures = first;
    this.#file = openSync(path, "w");
    writeSync(this.#file, HEADER, 0, HEADER.length, 0);
    for (let place = 0; place < PLACES; place++) this.#write(place);
    this.#timer = setInterval(() => this.#next(), INTERVAL_MS);
  }

  /** Plays these pictures from now on: the whole movement once, then its later half, where it is held. */
  show(pictures: readonly Buffer[]): void {
    if (pictures === this.#pictures) return;
    this.#pictures = pictures;
    this.#at = -1;
    for (let place = 0; place < PLACES; place++) this.#next();
  }

  stop(): void {
    clearInterval(this.#timer);
    closeSync(this.#file);
  }

  #next(): void {
    this.#at++;
    if (this.#at >= this.#pictures.length) this.#at = Math.floor(this.#pictures.length / 2);
    this.#place = (this.#place + 1) % PLACES;
    this.#write(this.#place);
  }

  #write(place: number): void {
    const picture = this.#pictures[this.#at];
    if (picture?.length !== PICTURE_BYTES) throw new Error(`a picture has ${PICTURE_BYTES} bytes`);
    const whole = Buffer.concat([MARK, picture]);
    this.#disturb(whole.subarray(MARK.length, MARK.length + WIDTH * HEIGHT));
    writeSync(this.#file, whole, 0, whole.length, HEADER.length + place * whole.length);
  }

  /** Moves the brightness of every point by at most one step; a linear congruence is random enough for that. */
  #disturb(brightness: Buffer): void {
    for (let at = 0; at < brightness.length; at++) {
      this.#noise = (Math.imul(this.#noise, 1664525) + 1013904223) | 0;
      const value = (brightness[at] ?? 0) + ((this.#noise >>> 30) % 3) - 1;
      brightness[at] = Math.min(235, Math.max(16, value));
    }
  }
}
