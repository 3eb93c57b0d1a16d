import { request } from "./request";
import type { ReadDocument } from "./types";

/** Has a document read from a photograph, a JPEG. Nothing is stored, and nothing that was read counts as proven. */
export function readDocument(photograph: Blob): Promise<ReadDocument> {
  return request("POST", "/api/documents/read", { body: photograph, timeout: 90_000 });
}
