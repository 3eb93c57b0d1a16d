import { readAbout, readDocument, type ReadDocument } from "@mibun/api-client";
import { smallJpeg } from "./photograph";

/** One photograph after another that is read, until one will do. */
export class Reading {
  /** Whether this installation reads documents at all. */
  isOffered = $state(false);
  busy = $state(false);
  document: ReadDocument | undefined = $state.raw();
  failure: unknown = $state.raw();

  constructor(
    private readonly ondone: (document: ReadDocument) => void,
    private readonly prepare: (file: Blob) => Promise<Blob> = smallJpeg,
  ) {}

  async offer(): Promise<void> {
    this.isOffered = await readAbout().then(
      (about) => about.reads_documents === true,
      () => false,
    );
  }

  async read(file: Blob): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = this.document = undefined;
    try {
      this.document = await readDocument(await this.prepare(file));
      this.ondone(this.document);
    } catch (error) {
      this.failure = error;
    } finally {
      this.busy = false;
    }
  }
}

/** Whether there is anything in it to go on with. */
export function isUseful({ number, name, chip }: ReadDocument): boolean {
  return number !== undefined || name !== undefined || chip !== undefined;
}
