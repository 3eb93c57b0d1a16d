import { HEIGHT, WIDTH } from "./camera";

/** How much nearer than the actor a picture is held, so that its face is as large as a living one. */
export const HELD_NEARER = 1.3;

/** The picture as it is when what it shows is held `zoom` times nearer to the camera. */
export function nearer(picture: Buffer, zoom: number): Buffer {
  const half = { width: WIDTH / 2, height: HEIGHT / 2 };
  const brightness = WIDTH * HEIGHT;
  const colour = half.width * half.height;
  return Buffer.concat([
    magnified(picture.subarray(0, brightness), WIDTH, HEIGHT, zoom),
    magnified(picture.subarray(brightness, brightness + colour), half.width, half.height, zoom),
    magnified(picture.subarray(brightness + colour), half.width, half.height, zoom),
  ]);
}

/** One plane, larger about its middle; between points the brightness is mixed. */
function magnified(plane: Buffer, width: number, height: number, zoom: number): Buffer {
  const out = Buffer.alloc(plane.length);
  const value = (x: number, y: number) => plane[y * width + x] ?? 0;
  for (let at = 0; at < out.length; at++) {
    const x = width / 2 + ((at % width) - width / 2) / zoom;
    const y = height / 2 + (Math.floor(at / width) - height / 2) / zoom;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [right, low] = [x - left, y - top];
    const above = value(left, top) * (1 - right) + value(left + 1, top) * right;
    const below = value(left, top + 1) * (1 - right) + value(left + 1, top + 1) * right;
    out[at] = Math.round(above * (1 - low) + below * low);
  }
  return out;
}
