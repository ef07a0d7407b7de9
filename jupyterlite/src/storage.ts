// What a browser keeps for a page, and what a learner is told when there is no room
// for it: the browser itself says nothing, or a word for programmers.

import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { Contents } from '@jupyterlab/services';

/** Where JupyterLite's service worker keeps files, for when there is no network. */
const CACHE = 'precache';

/** The drive's operations that store something. */
const STORES = ['save', 'newUntitled', 'copy', 'rename', 'createCheckpoint', 'restoreCheckpoint'] as const;

const ADVICE = 'Download the notebook (in the menu File), or delete files in the list on the left, and save again.';

function isFull(error: unknown): boolean {
  // What IndexedDB says is a DOMException, or the reason of one.
  return /quota/i.test(String(error)) || /quota/i.test(String((error as { name?: string } | null)?.name));
}

/** Has a drive say it in a sentence when what it is to store does not fit. */
export function sayWhenFull(drive: Contents.IDrive): void {
  const methods = drive as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  for (const name of STORES) {
    const method = methods[name].bind(drive);
    methods[name] = async (...args) => {
      try {
        return await method(...args);
      } catch (error) {
        if (!isFull(error)) {
          throw error;
        }
        throw new Error(
          `This browser's storage for the page is full, so this was not saved; what was saved before is still there. ${ADVICE}`
        );
      }
    };
  }
}

/** Whether the site has a service worker that answers with what is kept: see internal/site. */
export function isKept(): boolean {
  return PageConfig.getOption('goschedOffline') !== '';
}

/** Whether the service worker is there and answers the page. */
export function answered(): boolean {
  return Boolean(navigator.serviceWorker?.controller);
}

/** The addresses of the files that the site has a list of, if it has one: see internal/site. */
export async function listed(): Promise<string[]> {
  const name = PageConfig.getOption('goschedOffline');
  if (!name) {
    return [];
  }
  const base = new URL(PageConfig.getBaseUrl(), window.location.href).href;
  try {
    const names: string[] = await (await fetch(URLExt.join(base, name))).json();
    // As JupyterLite asks for them.
    return names.map(file => base + (file.startsWith('files/') ? URLExt.encodeParts(file) : encodeURI(file)));
  } catch {
    return []; // the next visit tries again
  }
}

/**
 * Has files kept for when there is no network, those that the page has loaded and
 * others, each when it is calm, and returns a sentence where there is no room for them.
 */
export async function keep(others: string[], calm: () => Promise<void>): Promise<string | undefined> {
  if (!answered() || typeof caches === 'undefined') {
    return undefined; // nothing is kept, and nobody has been told otherwise
  }
  const loaded = performance
    .getEntriesByType('resource')
    .filter(entry => ((entry as { responseStatus?: number }).responseStatus ?? 200) < 400)
    .map(entry => entry.name)
    .filter(url => url.startsWith(window.location.origin + '/') && !url.includes('/api/'));
  const cache = await caches.open(CACHE);
  const there = new Set((await cache.keys()).map(request => request.url));
  for (const url of new Set([window.location.href.replace(/#.*/, ''), ...others, ...loaded])) {
    if (there.has(url)) {
      continue;
    }
    await calm();
    try {
      await cache.add(url);
    } catch (error) {
      if (isFull(error)) {
        return "This browser's storage for the page is full: it works as long as there is a network, and what was saved is still there.";
      }
      // Else it could not be fetched; the next visit tries again.
    }
  }
  return undefined;
}
