/** The longer side of a photograph as it is sent, in pixels: enough for every letter of a document. */
const LONGEST = 2000;
const QUALITY = 0.88;

/** The size at which a picture is sent; small ones stay as they are. */
export function sizeOf(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * A photograph as a JPEG small enough to send, upright, without what the camera wrote into the file.
 *
 * Answers the file as it is where this browser cannot open it: the server says then what is wrong.
 */
export async function smallJpeg(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => undefined);
  if (!picture) return file;
  const canvas = Object.assign(document.createElement("canvas"), sizeOf(picture.width, picture.height));
  const context = canvas.getContext("2d");
  context?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const jpeg = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return jpeg ?? file;
}
