/** Tells the holder's list of passkeys, where the browser has a way to, that one is good for nothing any more. */
export async function disown(credential: string): Promise<void> {
  const { PublicKeyCredential: browser } = globalThis as { PublicKeyCredential?: { signalUnknownCredential?: (gone: { rpId: string; credentialId: string }) => Promise<void> } };
  await browser?.signalUnknownCredential?.({ rpId: location.hostname, credentialId: credential }).catch(() => undefined);
}
