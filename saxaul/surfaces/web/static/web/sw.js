// Keeps the frame of the pages and one page for "no connection". Nothing about money is ever kept on the device.
const CACHE = "saxaul-1", OFFLINE = "/offline";
self.addEventListener("install", (event) =>
  event.waitUntil(caches.open(CACHE).then((cache) => cache.add(OFFLINE)).then(() => self.skipWaiting())));
self.addEventListener("activate", (event) =>
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))));
self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") return event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  if (!url.pathname.startsWith("/static/")) return;
  event.respondWith(caches.match(request).then((kept) => kept || fetch(request).then((reply) => {
    if (reply.ok) caches.open(CACHE).then((cache) => cache.put(request, reply.clone()));
    return reply.clone();
  })));
});
