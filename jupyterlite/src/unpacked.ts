// The program as it was unpacked, kept for later visits. It has an address then, from
// which the site's service worker answers: by that a browser knows again what it has
// compiled, and has machine code of what was used most.

import { compiled, get } from './fetch';

/** What the service worker answers from, see install/jupyterlite/offline.js. */
const CACHE = 'precache';

const TYPE = 'application/wasm';

/** For how many times its size there is to be room in the browser's storage. */
const ROOM = 4;

export interface IProgram {
  module: WebAssembly.Module;
  /** Keeps it for later visits, or lets it go. It is undefined when that is done. */
  keep?: (room: boolean) => Promise<void>;
}

/** The program whose packed form is at url, from what an earlier visit has kept, if that is so. */
export async function program(url: string, mayKeep: boolean): Promise<IProgram> {
  const packed = await get(url);
  const of = mayKeep && typeof caches === 'object' ? version(packed) : undefined;
  if (of === undefined) {
    return { module: await compiled(url, packed) };
  }
  const address = `${url.replace(/\.br$/, '')}?${encodeURIComponent(of)}`;
  const there = await kept(address).catch(() => undefined);
  if (there) {
    packed.body?.cancel().catch(() => undefined);
    return { module: there };
  }
  let pieces: Uint8Array[] = [];
  const module = await compiled(url, packed, piece => pieces.push(piece));
  return {
    module,
    keep: async room => {
      const blob = new Blob(room ? pieces : [], { type: TYPE });
      pieces = [];
      if (room) {
        await store(address, blob);
      }
    }
  };
}

/** What tells programs apart that have the same address, if anything does. */
function version({ headers }: Response): string | undefined {
  const tag = headers.get('ETag') ?? headers.get('Last-Modified');
  return tag ? `${tag} ${headers.get('Content-Length') ?? ''}` : undefined;
}

async function kept(address: string): Promise<WebAssembly.Module | undefined> {
  const cache = await caches.open(CACHE);
  if (!(await cache.match(address))) {
    return undefined;
  }
  try {
    return await WebAssembly.compileStreaming(fetch(address));
  } catch (error) {
    await cache.delete(address);
    throw error;
  }
}

async function store(address: string, program: Blob): Promise<void> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  if (quota - usage < ROOM * program.size) {
    return;
  }
  const cache = await caches.open(CACHE);
  const older = await cache.keys(address, { ignoreSearch: true });
  await Promise.all(older.map(request => cache.delete(request)));
  await cache.put(address, new Response(program, { headers: { 'Content-Type': TYPE } }));
}
