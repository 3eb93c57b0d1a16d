import { request } from "./request";

/** Where a photographed document is read. The server's description does not name it yet. */
export type DocumentsPath = "/api/documents/read";

/** One value that was read. */
export interface ReadField {
  value: string;
  /** Whether a check digit stands behind it; what has none is for the person to correct. */
  checked: boolean;
}

/** What opens the chip of a document; days are `YYMMDD`, as in the machine-readable zone. */
export interface ChipKey {
  document_number: ReadField;
  birth_date: ReadField;
  expiry_date: ReadField;
}

/** What stands on a photographed document. */
export interface ReadDocument {
  kind: "resident_card" | "resident_card_back" | "machine_readable";
  number?: ReadField;
  name?: ReadField;
  chip?: ChipKey;
}

/** What `GET /api/about` says beside its description. */
export interface Abilities {
  /** Whether this installation reads documents from photographs. */
  reads_documents?: boolean;
}

/** Has a document read from a photograph, a JPEG. Nothing is stored, and nothing that was read counts as proven. */
export function readDocument(photograph: Blob): Promise<ReadDocument> {
  return request("POST", "/api/documents/read", { body: photograph, timeout: 90_000 });
}
