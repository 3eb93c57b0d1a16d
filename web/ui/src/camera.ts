/** Why there is no picture: the person or the browser said no, or there is no camera to be had. */
export type CameraFault = "refused" | "missing";

interface Wish {
  facing: "user" | "environment";
  width: number;
  height: number;
}

/** A camera shown in `video`. */
export interface Camera {
  /** Settles when the first picture is there; rejects with a {@link CameraFault}. */
  started: Promise<void>;
  /** Ends the picture and releases the camera. */
  stop(): void;
}

export function openCamera(video: HTMLVideoElement, wish: Wish): Camera {
  let stream: MediaStream | undefined;
  let stopped = false;

  async function start(): Promise<void> {
    stream = await ask(wish);
    if (stopped) return release(stream);
    video.srcObject = stream;
    await video.play();
  }

  return {
    started: start().catch((error: unknown) => {
      throw faultOf(error);
    }),
    stop() {
      stopped = true;
      release(stream);
      video.srcObject = null;
    },
  };
}

function ask({ facing, width, height }: Wish): Promise<MediaStream> {
  // Browsers hide the interface altogether on pages that are not served securely.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) return Promise.reject(new DOMException("no devices", "NotFoundError"));
  return devices.getUserMedia({ audio: false, video: { facingMode: facing, width: { ideal: width }, height: { ideal: height } } });
}

function release(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

function faultOf(error: unknown): CameraFault {
  const name = error instanceof DOMException ? error.name : "";
  return name === "NotAllowedError" || name === "SecurityError" ? "refused" : "missing";
}
