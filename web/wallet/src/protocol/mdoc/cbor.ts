import { decode, encode, Tagged } from "cborg";
import type { Bytes } from "../bytes";
import { WalletError } from "../fault";

/** Encoded CBOR inside a byte string (RFC 8949 section 3.4.5.1). */
const ENCODED = 24;
/** `tdate` (RFC 8949 section 3.4.1) and `full-date` (RFC 8943). */
const DATE_TIME = 0;
const FULL_DATE = 1004;

const TAGS = { [ENCODED]: Tagged.decoder(ENCODED), [DATE_TIME]: Tagged.decoder(DATE_TIME), [FULL_DATE]: Tagged.decoder(FULL_DATE) };

/** A map as it was read: names may be numbers. */
export type CborMap = ReadonlyMap<unknown, unknown>;

/** Reads CBOR in its shortest forms, with definite lengths and no name twice; the order of names does not matter. @throws {WalletError} for anything else. */
export function read(bytes: Uint8Array): unknown {
  try {
    return decode(bytes, { strict: true, useMaps: true, rejectDuplicateMapKeys: true, allowIndefinite: false, allowUndefined: false, tags: TAGS });
  } catch (cause) {
    throw new WalletError("card_not_genuine", { cause });
  }
}

export function write(value: unknown): Bytes {
  return new Uint8Array(encode(value));
}

/** `bytes` as encoded CBOR under its tag, ready for {@link write}. */
export function embedded(bytes: Uint8Array): Tagged {
  return new Tagged(ENCODED, bytes);
}

/** The bytes under the tag of encoded CBOR. @throws {WalletError} */
export function unembedded(value: unknown): Bytes {
  if (!(value instanceof Tagged) || value.tag !== ENCODED) throw malformed();
  return bytes(value.value);
}

/** The text of a date, with or without a time. @throws {WalletError} */
export function date(value: unknown): string {
  if (!(value instanceof Tagged) || (value.tag !== DATE_TIME && value.tag !== FULL_DATE)) throw malformed();
  return text(value.value);
}

export function isDate(value: unknown): boolean {
  return value instanceof Tagged && (value.tag === DATE_TIME || value.tag === FULL_DATE);
}

export function map(value: unknown): CborMap {
  if (!(value instanceof Map)) throw malformed();
  return value;
}

export function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw malformed();
  return value;
}

export function text(value: unknown): string {
  if (typeof value !== "string") throw malformed();
  return value;
}

export function bytes(value: unknown): Bytes {
  if (!(value instanceof Uint8Array)) throw malformed();
  return new Uint8Array(value);
}

export function malformed(): WalletError {
  return new WalletError("card_not_genuine");
}
