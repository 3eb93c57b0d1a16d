import type { Page } from "playwright-core";
import { HEIGHT, PICTURE_BYTES, WIDTH } from "./camera";

/** Side of the square that a camera held before a screen sees of it. */
const SIDE = 400;
/** Colour planes of a picture without colour. */
const GREY = 128;

/** What a camera sees that is held before the code on a counter's screen, as a picture for {@link Camera}. */
export async function seenByCamera(page: Page, testid: string): Promise<Buffer> {
  const brightness = await page.getByTestId(testid).evaluate(
    async (shown, [width, height, side]) => {
      const image = new Image();
      image.src = (shown as HTMLImageElement).src;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [width, height];
      const draw = canvas.getContext("2d") as CanvasRenderingContext2D;
      draw.fillStyle = "#e8e8e8";
      draw.fillRect(0, 0, width, height);
      draw.drawImage(image, (width - side) / 2, (height - side) / 2, side, side);
      const { data } = draw.getImageData(0, 0, width, height);
      let text = "";
      for (let at = 0; at < data.length; at += 4) text += String.fromCharCode(data[at] ?? 0);
      return btoa(text);
    },
    [WIDTH, HEIGHT, SIDE] as const,
  );
  const picture = Buffer.alloc(PICTURE_BYTES, GREY);
  // A camera's black and white lie between 16 and 235 (ITU-R BT.601).
  Buffer.from(brightness, "base64").forEach((value, at) => (picture[at] = 16 + Math.round((value * 219) / 255)));
  return picture;
}
