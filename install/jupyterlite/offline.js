// What JupyterLite's service worker does not keep for when there is no network: which
// notebooks there are, and the page for the address of another notebook. This is put
// before that worker, and what is answered here does not reach it.
self.addEventListener('fetch', event => {
  const { request } = event;
  const url = new URL(request.url);
  const page = request.mode === 'navigate';
  const list = /\/api\/contents\/(.*\/)?all\.json$/.test(url.pathname);
  if (request.method !== 'GET' || url.origin !== self.location.origin || !(page || list)) {
    return;
  }
  const answer = async () => {
    try {
      const fresh = await fetch(request);
      if (fresh.ok && !fresh.redirected) {
        const copy = fresh.clone();
        const keep = async () => (await caches.open('precache')).put(request, copy);
        event.waitUntil(keep().catch(() => undefined)); // where there is no room, the page says so
      }
      return fresh;
    } catch (error) {
      const cache = await caches.open('precache');
      const kept = await cache.match(request, { ignoreSearch: page });
      if (kept) {
        return kept;
      }
      throw error;
    }
  };
  event.stopImmediatePropagation();
  event.respondWith(answer());
});
