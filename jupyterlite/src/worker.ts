// The worker in which the kernel runs: it fetches the program, gives it files and
// standard output, and passes messages on.

import { Files, resolve } from './files';
import { FromWorker, IEnvelope, ToWorker } from './protocol';

/** What Go's wasm_exec.js defines. */
interface IGo {
  argv: string[];
  env: Record<string, string>;
  exit: (code: number) => void;
  importObject: WebAssembly.Imports;
  run(instance: WebAssembly.Instance): Promise<void>;
}

/** What the kernel and this file share, see cmd/gosched-wasm. */
interface IShared {
  send(channel: string, text: string, buffers: Uint8Array[]): void;
  receive?: (channel: string, text: string, buffers: Uint8Array[]) => string | null;
}

interface IScope {
  Go: new () => IGo;
  fs: Files;
  path: object;
  process: object;
  gosched: IShared;
  importScripts(...urls: string[]): void;
  close(): void;
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}

const scope = self as unknown as IScope;

/** How much of the end of standard error is kept. */
const KEPT = 64 * 1024;

let errors = '';
let started = false;
let ended = false;
const early: IEnvelope[] = [];

function end(text: string): void {
  if (!ended) {
    ended = true;
    scope.postMessage({ kind: 'end', started, text });
    scope.close(); // also what timers would still call
  }
}

function pass(message: IEnvelope): void {
  if (!scope.gosched.receive) {
    early.push(message);
    return;
  }
  const problem = scope.gosched.receive(message.channel, message.text, message.buffers);
  if (problem) {
    console.error(`gosched: ${problem}`);
  }
}

/** The program, unpacked by the browser unless the server has told it to before. */
async function program(url: string): Promise<WebAssembly.Module> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new Error(`the kernel could not be fetched (${error}): is the network there? Reload the page to try again.`);
  }
  if (!response.ok || !response.body) {
    throw new Error(`the kernel could not be fetched: the server answers ${response.status} for ${url}.`);
  }
  const packed = new Uint8Array(await response.arrayBuffer());
  let stream = new Response(packed).body as ReadableStream<Uint8Array>;
  if (packed[0] === 0x1f && packed[1] === 0x8b) {
    stream = stream.pipeThrough(new DecompressionStream('gzip') as ReadableWritablePair<Uint8Array, Uint8Array>);
  }
  return WebAssembly.compileStreaming(new Response(stream, { headers: { 'Content-Type': 'application/wasm' } }));
}

async function start(base: string): Promise<void> {
  if (typeof WebAssembly !== 'object' || typeof DecompressionStream !== 'function') {
    end('this browser cannot run WebAssembly, or not unpack it: Go cells need a current Firefox, Chrome, Edge or Safari.');
    return;
  }
  const files = new Files((fd, text) => {
    if (fd === 2) {
      errors = (errors + text).slice(-KEPT);
    }
    console.log(text);
  });
  scope.fs = files;
  scope.path = { resolve: (path: string) => resolve(files.cwd, path) };
  scope.process = {
    pid: 1,
    ppid: 0,
    getuid: () => 0,
    getgid: () => 0,
    geteuid: () => 0,
    getegid: () => 0,
    getgroups: () => [],
    umask: () => 0o22,
    cwd: () => files.cwd,
    chdir: (path: string) => files.chdir(path)
  };
  let receive: IShared['receive'];
  scope.gosched = {
    send: (channel, text, buffers) => scope.postMessage({ kind: 'message', channel, text, buffers }),
    get receive() {
      return receive;
    },
    set receive(f) {
      receive = f;
      if (f) {
        started = true;
        scope.postMessage({ kind: 'ready' });
        early.splice(0).forEach(pass);
      }
    }
  };
  try {
    const module = await program(base + 'gosched.wasm.gz');
    scope.importScripts(base + 'wasm_exec.js');
    const go = new scope.Go();
    go.argv = ['gosched'];
    go.env = { HOME: '/home/learner', TMPDIR: '/tmp', PWD: files.cwd, LANG: 'C.UTF-8' };
    go.exit = () => undefined; // told below
    const instance = await WebAssembly.instantiate(module, go.importObject);
    await go.run(instance);
    end(errors);
  } catch (error) {
    end(errors + (error instanceof Error ? error.message : String(error)));
  }
}

scope.onmessage = ({ data }) => {
  if (data.kind === 'start') {
    void start(data.base);
  } else {
    pass(data);
  }
};
// JavaScript's own errors in the kernel, such as a full stack.
self.addEventListener('error', event => end(errors + event.message));
self.addEventListener('unhandledrejection', event => end(errors + String((event as PromiseRejectionEvent).reason)));
