// The worker in which the kernel runs: it fetches the program, gives it files and
// standard output, and passes messages on.

import { clock } from './clock';
import { fetched } from './fetch';
import { Files, resolve } from './files';
import { FromWorker, IEnvelope, IStart, ToWorker } from './protocol';
import { IProgram, program } from './unpacked';

/** What Go's wasm_exec.js defines. */
interface IGo {
  argv: string[];
  env: Record<string, string>;
  exit: (code: number) => void;
  importObject: Record<string, Record<string, WebAssembly.ImportValue>>;
  mem: DataView;
  run(instance: WebAssembly.Instance): Promise<void>;
}

/** What the kernel and this file share, see cmd/gosched-wasm. */
interface IShared {
  send(channel: string, text: string, buffers: Uint8Array[], shows: number): void;
  library(): Promise<Uint8Array>;
  receive?: (channel: string, text: string, buffers: Uint8Array[]) => string | null;
  seen?: (size: number) => void;
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
let loaded: IProgram | undefined;
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

const CANNOT = 'which Go cells need: a current Firefox, Chrome, Edge or Safari can.';

/** What a learner is told of why the kernel does not run. */
function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (!started && (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError)) {
    return `this browser's WebAssembly is not that ${CANNOT} (${text})`;
  }
  return text;
}

async function start({ base, mayKeep }: IStart): Promise<void> {
  if (typeof WebAssembly !== 'object' || typeof WebAssembly.compileStreaming !== 'function') {
    end(`this browser cannot run WebAssembly, ${CANNOT}`);
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
  let rest: Promise<Uint8Array> | undefined;
  // The part of the standard library that the first cells do not need.
  const library = (): Promise<Uint8Array> => {
    rest ??= fetched(base + 'library.zip').catch(error => {
      rest = undefined;
      throw error;
    });
    return rest;
  };
  scope.gosched = {
    send: (channel, text, buffers, shows) => scope.postMessage({ kind: 'message', channel, text, buffers, shows }),
    library,
    get receive() {
      return receive;
    },
    set receive(f) {
      receive = f;
      if (f) {
        started = true;
        scope.postMessage({ kind: 'ready' });
        early.splice(0).forEach(pass);
        library().catch(() => undefined); // who needs it tries again
      }
    }
  };
  try {
    loaded = await program(base + 'gosched.wasm.br', mayKeep);
    scope.importScripts(base + 'wasm_exec.js');
    const go = new scope.Go();
    go.argv = ['gosched'];
    go.env = { HOME: '/home/learner', TMPDIR: '/tmp', PWD: files.cwd, LANG: 'C.UTF-8' };
    go.exit = () => undefined; // told below
    const read = clock();
    go.importObject.gojs['runtime.nanotime1'] = (sp: number) => {
      const time = read() * 1e6;
      const at = (sp >>> 0) + 8; // of the result, as in wasm_exec.js
      go.mem.setUint32(at, time, true);
      go.mem.setUint32(at + 4, Math.floor(time / 2 ** 32), true);
    };
    const instance = await WebAssembly.instantiate(loaded.module, go.importObject);
    await go.run(instance);
    end(errors);
  } catch (error) {
    end(errors + reason(error));
  }
}

scope.onmessage = ({ data }) => {
  if (data.kind === 'start') {
    void start(data);
  } else if (data.kind === 'seen') {
    scope.gosched?.seen?.(data.size);
  } else if (data.kind === 'keep') {
    void loaded?.keep?.(data.room).catch(() => undefined); // the next visit tries again
    loaded = undefined;
  } else {
    pass(data);
  }
};
// JavaScript's own errors in the kernel, such as a full stack.
self.addEventListener('error', event => end(errors + event.message));
self.addEventListener('unhandledrejection', event => end(errors + String((event as PromiseRejectionEvent).reason)));
