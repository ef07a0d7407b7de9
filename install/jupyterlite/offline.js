// Where the site's files come from once the browser has kept them. JupyterLite's service
// worker fetches each file again on every visit, keeps neither the list of notebooks nor
// the page for another notebook's address, and wants a file by the very address that it
// was kept under. This is put before that worker, and what is answered here does not
// reach it.
const KEPT = 'precache';

// What says which other files there are, or what is the newest: from the network, if
// there is one.
const FIRST = /\/(api\/(contents|translations)\/.*\.json|jupyter-lite\.(json|ipynb)|offline\.json)$/;

// A file whose address changes with its content.
const NAMED = /\/(build|extensions)\/.*[./][0-9a-f]{7,}\.\w+$/;

// How long after it was asked for a file is looked at anew, in milliseconds: until then
// the page has better things to do. Then files take turns, with pauses: the learner's
// cells come first still.
const LATER = 20_000;
const PAUSE = 250;

const wait = time => new Promise(resolve => setTimeout(resolve, time));

// What is looked at is behind all that asked for it before.
let turns = Promise.resolve();
const inTurn = work => {
  turns = turns.then(work).catch(() => undefined).then(() => wait(PAUSE)); // the next visit tries again
  return turns;
};

self.addEventListener('fetch', event => {
  const { request } = event;
  const url = new URL(request.url);
  const first = request.mode === 'navigate' || FIRST.test(url.pathname);
  if (request.method !== 'GET' || url.origin !== self.location.origin || (url.pathname.includes('/api/') && !first)) {
    return;
  }
  const keep = async response => {
    if (response.ok && !response.redirected) {
      await (await caches.open(KEPT)).put(request, response);
    }
  };
  const kept = async how => (await caches.open(KEPT)).match(request, how);
  const look = async there => {
    const fresh = await fetch(url, { cache: 'no-cache' });
    if (!['ETag', 'Last-Modified'].some(name => fresh.headers.has(name) && fresh.headers.get(name) === there.headers.get(name))) {
      await keep(fresh);
    }
  };
  const answer = async () => {
    if (!first) {
      const there = await kept();
      if (there) {
        if (!NAMED.test(url.pathname) && !url.search) {
          event.waitUntil(wait(LATER).then(() => inTurn(() => look(there))));
        }
        return there;
      }
    }
    try {
      const fresh = await fetch(request);
      event.waitUntil(keep(fresh.clone()).catch(() => undefined)); // where there is no room, the page says so
      return fresh;
    } catch (error) {
      const there = await kept({ ignoreSearch: true });
      if (there) {
        return there;
      }
      throw error;
    }
  };
  event.stopImmediatePropagation();
  event.respondWith(answer());
});
