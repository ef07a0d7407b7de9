// A kernel as JupyterLite sees it: a worker that speaks Jupyter's messages. What
// is here besides passing them on is what a supervisor does for a process: it
// notices that the kernel has died, says so, and starts another.

import { KernelMessage } from '@jupyterlab/services';
import { IKernel } from '@jupyterlite/services';
import { ISignal, Signal } from '@lumino/signaling';

import { FromWorker, ToWorker } from './protocol';

/** How long a cell may take to end that was interrupted. */
const PATIENCE = 2000;

/** For how long no cell runs when the kernel is calm, how long that is waited for at
 * most, and how often it is asked for, in milliseconds. */
const CALM = 300;
const AT_MOST = 2000;
const ASKED = 50;

/** Waits so many milliseconds. */
export const later = (time: number): Promise<void> => new Promise(resolve => window.setTimeout(resolve, time));

/** Requests that the kernel has not answered, oldest first. */
type Open = Map<string, KernelMessage.IMessage>;

export class GoKernel implements IKernel {
  constructor(
    options: IKernel.IOptions,
    private readonly base: string,
    private readonly mayKeep: boolean
  ) {
    this.id = options.id;
    this.name = options.name;
    this.location = options.location;
    this.sendMessage = options.sendMessage;
    this.worker = this.start();
  }

  readonly id: string;
  readonly name: string;
  readonly location: string;
  /** Messages wait in the worker until it can take them. */
  readonly ready = Promise.resolve();
  /** Resolved when it has taken them for the first time. */
  readonly started = new Promise<void>(resolve => {
    this.hasStarted = resolve;
  });

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get disposed(): ISignal<this, void> {
    return this._disposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this.worker.terminate();
    window.clearTimeout(this.deadline);
    this._disposed.emit();
    Signal.clearData(this);
  }

  /** Passes a message on. The kernel has queues of its own, so nothing is waited for. */
  async handleMessage(msg: KernelMessage.IMessage): Promise<void> {
    this.client = msg.header.session || this.client;
    if (this.broken !== undefined && msg.channel === 'shell') {
      this.worker = this.start();
    }
    if (msg.header.msg_type.endsWith('_request')) {
      this.open.set(msg.header.msg_id, msg);
    }
    const { header, parent_header, metadata, content } = msg;
    this.post({
      kind: 'message',
      channel: msg.channel,
      text: JSON.stringify({ header, parent_header, metadata, content }),
      buffers: (msg.buffers ?? []).map(bytes)
    });
  }

  /** Has the program kept for later visits, where there was room for all of the site. */
  keep(room: boolean): void {
    this.room = room;
    this.post({ kind: 'keep', room });
  }

  /** Waits until the learner's cells leave the machine free, but not for long: some do not end. */
  async calm(): Promise<void> {
    const start = performance.now();
    while (
      (this.running() || performance.now() - this.ran < CALM) &&
      performance.now() - start < AT_MOST &&
      !this._isDisposed
    ) {
      await later(ASKED);
    }
  }

  /** Stops the running cell; where that cannot be, the session. */
  interrupt(): void {
    const running = this.running();
    if (!running) {
      return;
    }
    const msg = create({ channel: 'control', msgType: 'interrupt_request', session: this.client, content: {} });
    void this.handleMessage(msg);
    window.clearTimeout(this.deadline);
    this.deadline = window.setTimeout(() => {
      if (this.open.has(running.header.msg_id)) {
        this.worker.terminate();
        this.died(
          'interrupted',
          'the cell was interrupted, and did not end: it was in compiled code, which cannot be stopped in a browser'
        );
      }
    }, PATIENCE);
  }

  private start(): Worker {
    this.broken = undefined;
    this.takes = false;
    const worker = new Worker(new URL('./worker.js', import.meta.url));
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.receive(worker, data);
    worker.onerror = event => {
      if (worker !== this.worker) {
        return;
      }
      if (this.takes) {
        this.died('fatal error', event.message || 'the kernel has ended');
      } else {
        const why = event.message ? ` (${event.message})` : '';
        this.died('start failed', `the kernel could not be started${why}: is the network there? Run the cell again when it is.`, false);
      }
    };
    worker.postMessage({ kind: 'start', base: this.base, mayKeep: this.mayKeep } as ToWorker);
    return worker;
  }

  private post(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  private receive(worker: Worker, data: FromWorker): void {
    if (worker !== this.worker || this._isDisposed) {
      return;
    }
    if (data.kind === 'message') {
      const msg = { channel: data.channel, ...JSON.parse(data.text), buffers: data.buffers } as KernelMessage.IMessage;
      if (data.channel !== 'iopub' && data.channel !== 'stdin') {
        this.open.delete((msg.parent_header as KernelMessage.IHeader).msg_id);
        this.ran = performance.now();
      }
      this.send(msg);
      if (data.shows) {
        const size = data.shows;
        afterPainting(() => worker.postMessage({ kind: 'seen', size } as ToWorker));
      }
    } else if (data.kind === 'ready') {
      this.takes = true;
      this.hasStarted();
      if (this.room !== undefined) {
        this.keep(this.room); // another worker has it anew
      }
    } else if (data.kind === 'end') {
      if (data.started) {
        this.died('fatal error', data.text || 'the kernel has ended');
      } else {
        this.died('start failed', data.text || 'the kernel has not started', false);
      }
    }
  }

  /** JupyterLite finds the front end that a message is for by the header's session. */
  private send(msg: KernelMessage.IMessage): void {
    const parent = msg.parent_header as Partial<KernelMessage.IHeader>;
    msg.header.session = parent.session || this.client;
    this.sendMessage(msg);
  }

  private running(): KernelMessage.IMessage | undefined {
    return [...this.open.values()].find(m => m.header.msg_type === 'execute_request');
  }

  /** Answers what the kernel cannot any more, and starts another. */
  private died(ename: string, text: string, again = true): void {
    const open: Open = this.open;
    this.open = new Map();
    const lines = text.trim().split('\n');
    const fatal = lines.find(l => l.startsWith('fatal error: '))?.slice('fatal error: '.length);
    const evalue = fatal ?? lines[0];
    const traceback = again ? [...lines, 'The session was restarted: its variables and goroutines are gone.'] : lines;
    let told = false;
    for (const msg of open.values()) {
      const type = msg.header.msg_type;
      if (type === 'execute_request') {
        const content = told
          ? { status: 'aborted', execution_count: 0 }
          : { status: 'error', ename, evalue, traceback, execution_count: 0 };
        if (!told) {
          this.answer(msg, 'iopub', 'error', { ename, evalue, traceback });
        }
        told = true;
        this.answer(msg, 'shell', 'execute_reply', content);
      } else if (msg.channel !== 'stdin') {
        this.answer(msg, msg.channel, type.replace(/_request$/, '_reply'), { status: 'error', ename, evalue, traceback });
      }
      this.answer(msg, 'iopub', 'status', { execution_state: 'idle' });
    }
    if (again) {
      this.worker = this.start();
    } else {
      this.broken = text;
    }
  }

  private answer(to: KernelMessage.IMessage, channel: string, msgType: string, content: object): void {
    this.send(create({ channel, msgType, session: this.client, parentHeader: to.header, content }));
  }

  private hasStarted!: () => void;
  private readonly sendMessage: IKernel.SendMessage;
  private worker: Worker;
  private open: Open = new Map();
  private client = '';
  private broken: string | undefined;
  private takes = false; // messages
  private ran = 0; // when it last answered
  private room: boolean | undefined; // for the program to be kept
  private deadline = 0;
  private _isDisposed = false;
  private readonly _disposed = new Signal<this, void>(this);
}

/** Makes a message, also of the types that JupyterLab has no types for. */
const create = KernelMessage.createMessage as unknown as (options: {
  channel: string;
  msgType: string;
  session: string;
  parentHeader?: KernelMessage.IHeader;
  content: object;
}) => KernelMessage.IMessage;

/** JupyterLite's front end takes a message up this late, in milliseconds. */
const ON_THE_WAY = 5;

/** How long painting is waited for, and by a page that nobody sees. */
const LATE = 2000;
const UNSEEN = 50;

/** Calls f when the page has taken up what was sent, and has time again. */
function afterPainting(f: () => void): void {
  window.setTimeout(() => {
    let called = false;
    const call = () => {
      if (!called) {
        called = true;
        window.clearTimeout(late);
        f();
      }
    };
    const late = window.setTimeout(call, document.hidden ? UNSEEN : LATE);
    window.requestAnimationFrame(() => window.setTimeout(call, 0));
  }, ON_THE_WAY);
}

function bytes(buffer: ArrayBuffer | ArrayBufferView): Uint8Array {
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer)
    : new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
