import { sha256, toBase64url, type Bytes } from "../bytes";
import { WalletError } from "../fault";
import { embedded, write } from "./cbor";
import { ES256_HEADER, toBeSigned } from "./cose";
import { takeApart, type SignedItem } from "./document";
import { DOCTYPE, OWN_NAMESPACE, type ElementPath } from "./elements";

/** The question that an answer belongs to. */
export interface MdocSession {
  clientId: string;
  nonce: string;
  responseUri: string;
  /** SHA-256 thumbprint (RFC 7638) of the key that the answer is encrypted to, if it is. */
  keyThumbprint: Bytes | undefined;
}

/** What a document is shown for. */
export interface MdocShowing {
  /** The elements to show; nothing else is shown. */
  paths: readonly ElementPath[];
  session: MdocSession;
  /** How the keeper of the key recognised the holder, where it says so beside its signature. */
  methods?: readonly string[];
  /** Signs with the document's key: r and s. */
  sign(bytes: Bytes): Promise<Bytes>;
}

/** A document with the chosen elements only and the holder's proof for one asker: `DeviceResponse` in base64url. */
export async function presentMdoc(mdoc: string, { paths, session, methods, sign }: MdocShowing): Promise<string> {
  const { items, auth } = takeApart(mdoc);
  const shown = paths.map((path) => chosen(items, path));
  const namespaces = deviceNamespaces(methods);
  const signature = await sign(await deviceAuthentication(DOCTYPE, session, namespaces));
  const document = new Map<string, unknown>([
    ["docType", DOCTYPE],
    ["issuerSigned", new Map<string, unknown>([["nameSpaces", grouped(shown)], ["issuerAuth", [...auth.parts]]])],
    ["deviceSigned", new Map<string, unknown>([["nameSpaces", embedded(namespaces)], ["deviceAuth", { deviceSignature: [ES256_HEADER, {}, null, signature] }]])],
  ]);
  return toBase64url(write(new Map<string, unknown>([["version", "1.0"], ["documents", [document]], ["status", 0]])));
}

/** `DeviceNameSpaces`: what the keeper of the key says itself. */
export function deviceNamespaces(methods?: readonly string[]): Bytes {
  return write(methods ? { [OWN_NAMESPACE]: { amr: methods } } : {});
}

/** What the document's key signs: the structure over `DeviceAuthenticationBytes` (ISO/IEC 18013-5 section 9.1.3.4). */
export async function deviceAuthentication(doctype: string, session: MdocSession, namespaces: Bytes): Promise<Bytes> {
  const authentication = write(["DeviceAuthentication", await transcript(session), doctype, embedded(namespaces)]);
  return toBeSigned(ES256_HEADER, write(embedded(authentication)));
}

/** `SessionTranscript` for answers by `direct_post` (OpenID4VP 1.0 section B.2.6.1). */
async function transcript({ clientId, nonce, keyThumbprint, responseUri }: MdocSession): Promise<unknown[]> {
  const info = write([clientId, nonce, keyThumbprint ?? null, responseUri]);
  return [null, null, ["OpenID4VPHandover", await sha256(info)]];
}

function chosen(items: readonly SignedItem[], [namespace, name]: ElementPath): SignedItem {
  const item = items.find(({ path }) => path[0] === namespace && path[1] === name);
  if (!item) throw new WalletError("request_unsupported");
  return item;
}

function grouped(items: readonly SignedItem[]): Map<string, unknown[]> {
  const namespaces = new Map<string, unknown[]>();
  for (const { path, bytes } of items) namespaces.set(path[0], [...(namespaces.get(path[0]) ?? []), embedded(bytes)]);
  return namespaces;
}
