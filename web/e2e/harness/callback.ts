import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Where browsers are sent back to, on an origin of its own, and everything that came with them. */
export interface Callback {
  address: string;
  calls: Record<string, string>[];
  close(): void;
}

export function openCallback(): Promise<Callback> {
  const calls: Callback["calls"] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    if (pathname === "/back") calls.push(Object.fromEntries(searchParams));
    response.setHeader("content-type", "text/html").end('<!doctype html><html lang="en"><title>A wallet</title><h1>Back in the wallet</h1></html>');
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = `http://localhost:${(server.address() as AddressInfo).port}/back`;
      resolve({ address, calls, close: () => server.close() });
    });
  });
}
