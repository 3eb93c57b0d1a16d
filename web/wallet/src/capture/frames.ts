/** What the server takes: 640 by 480 pixels, at most 512 KiB. */
const WIDTH = 640;
const HEIGHT = 480;
const MOST_BYTES = 512 * 1024;
const QUALITIES = [0.9, 0.8, 0.65];
/** How long a camera may take for its next picture, in milliseconds. */
const PATIENCE = 1000;

/** Makes JPEG pictures of what a video shows now. */
export class FrameGrabber {
  readonly #canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D | null;

  constructor(private readonly video: HTMLVideoElement) {
    this.#canvas.width = WIDTH;
    this.#canvas.height = HEIGHT;
    this.#context = this.#canvas.getContext("2d", { alpha: false });
  }

  /**
   * The next picture, its middle cut to 4:3; `undefined` while there is none.
   *
   * Waits for one that was not shown before: in dim light cameras are slower than we ask, and the server takes the
   * same picture for a replay.
   */
  async grab(): Promise<Blob | undefined> {
    if (!(await this.#isFresh())) return undefined;
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width || !height || !this.#context) return undefined;
    const scale = Math.min(width / WIDTH, height / HEIGHT);
    const [w, h] = [WIDTH * scale, HEIGHT * scale];
    this.#context.drawImage(this.video, (width - w) / 2, (height - h) / 2, w, h, 0, 0, WIDTH, HEIGHT);
    for (const quality of QUALITIES) {
      const jpeg = await this.#encode(quality);
      if (jpeg && jpeg.size <= MOST_BYTES) return jpeg;
    }
    return undefined;
  }

  #isFresh(): Promise<boolean> {
    // Older browsers cannot say when a picture is new.
    if (!("requestVideoFrameCallback" in this.video)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const callback = this.video.requestVideoFrameCallback(() => {
        clearTimeout(timer);
        resolve(true);
      });
      const timer = setTimeout(() => {
        this.video.cancelVideoFrameCallback(callback);
        resolve(false);
      }, PATIENCE);
    });
  }

  #encode(quality: number): Promise<Blob | null> {
    return new Promise((resolve) => this.#canvas.toBlob(resolve, "image/jpeg", quality));
  }
}
