// Keeps the wallet's own files, so that it opens without a network. The build puts VERSION and FILES in front.
// Nothing else is touched: no answer of the server is ever kept.

const CACHE = `mibun-wallet-${VERSION}`;
const PAGE = "/wallet/";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([PAGE, ...FILES])));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOld().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(fresh(request));
  else if (FILES.includes(pathname)) event.respondWith(kept(request));
});

/** The page from the server, or the kept one without a network. */
async function fresh(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(PAGE)) ?? Response.error();
  }
}

async function kept(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function dropOld() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("mibun-wallet-") && name !== CACHE).map((name) => caches.delete(name)));
}
