/** One tab goes first, the others find what it has left: a refresh token that two of them use ends what it gives. */
export async function inTurn<T>(name: string, action: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  return locks ? (await locks.request(name, action)) : action();
}
