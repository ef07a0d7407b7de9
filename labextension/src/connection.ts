import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';

/** The comm of kernel/engine/panel.go, and its version. */
const TARGET = 'gosched.panel';
const VERSION = 1;

/** Asking may take one part in so many of the kernel's time. */
const SHARE = 100;

/** How long an answer may take before it is asked for again, in milliseconds. */
const PATIENCE = 5000;

export interface Goroutine {
  goroutine: number;
  cell: number;
  line: number;
  function: string;
  state: string;
  waits: string;
  main: boolean;
}

export interface Part {
  name: string;
  type: string;
  value: string;
  size?: string;
  waits?: string;
  unfolds: boolean;
}

export interface State {
  goroutines: Goroutine[];
  more: number;
  variables: Part[];
  declared: Part[];
  whole: boolean;
}

export type Path = (string | number)[];

type Question =
  | { method: 'state'; all: boolean }
  | { method: 'stop'; goroutine: number }
  | { method: 'unfold'; path: Path }
  | { method: 'format'; id: number; source: string }
  | { method: 'formatOnRun'; on: boolean };

type Answer =
  | ({ method: 'state'; took: number } & State)
  | { method: 'parts'; path: Path; parts: Part[] }
  | { method: 'formatted'; id: number; source?: string; error?: string };

/** What the kernel of one notebook says. It asks only when it is told to. */
export class Connection {
  onState: (state: State | null) => void = () => undefined;
  onParts: (path: Path, parts: Part[]) => void = () => undefined;
  onConnected: () => void = () => undefined;

  /** Follows another notebook, or none. */
  follow(context: ISessionContext | null): void {
    if (context === this.context) {
      return;
    }
    this.context?.kernelChanged.disconnect(this.reopen, this);
    this.context?.statusChanged.disconnect(this.statusChanged, this);
    this.context = context;
    context?.kernelChanged.connect(this.reopen, this);
    context?.statusChanged.connect(this.statusChanged, this);
    this.reopen();
  }

  /** Whether there is a Go kernel to ask. */
  get connected(): boolean {
    return this.comm !== null && !this.comm.isDisposed;
  }

  /** Asks for the state; with all, for values that goroutines may be changing, too. */
  ask(all = false): void {
    const now = Date.now();
    if (!this.comm || (this.waiting && now - this.asked < PATIENCE) || (!all && now < this.next)) {
      return;
    }
    this.waiting = true;
    this.asked = now;
    this.send({ method: 'state', all });
  }

  stop(goroutine: number): void {
    this.send({ method: 'stop', goroutine });
  }

  unfold(path: Path): void {
    this.send({ method: 'unfold', path });
  }

  formatOnRun(on: boolean): void {
    this.send({ method: 'formatOnRun', on });
  }

  /** Asks for gofmt's form of a cell. What is wrong with the cell is an error. */
  format(source: string): Promise<string> {
    return new Promise((resolve, reject) => {
      if (!this.connected) {
        reject(new Error('there is no Go kernel'));
        return;
      }
      const id = ++this.formats;
      this.formatting.set(id, answer => {
        if (answer.source !== undefined) {
          resolve(answer.source);
        } else {
          reject(new Error(answer.error ?? 'the kernel has gone'));
        }
      });
      this.send({ method: 'format', id, source });
    });
  }

  private send(question: Question): void {
    if (this.comm && !this.comm.isDisposed) {
      this.comm.send(question);
    }
  }

  private statusChanged(_: ISessionContext, status: Kernel.Status): void {
    if (status === 'restarting' || status === 'autorestarting' || status === 'dead') {
      this.comm = null;
      this.lost();
    } else if (!this.comm && status === 'idle') {
      this.reopen();
    }
  }

  /** Says that nobody answers any more. */
  private lost(): void {
    for (const answer of this.formatting.values()) {
      answer({});
    }
    this.formatting.clear();
    this.onState(null);
  }

  private reopen(): void {
    const old = this.comm;
    this.comm = null;
    this.waiting = false;
    this.lost();
    if (old && !old.isDisposed) {
      old.close();
    }
    const kernel = this.context?.session?.kernel;
    if (!kernel?.name.startsWith('gosched')) {
      return;
    }
    const comm = kernel.createComm(TARGET);
    comm.onMsg = msg => {
      if (comm === this.comm) {
        this.answered(msg.content.data as unknown as Answer);
      }
    };
    comm.onClose = () => {
      if (comm === this.comm) {
        this.comm = null;
        this.lost();
      }
    };
    this.comm = comm;
    comm.open({ version: VERSION });
    this.onConnected();
    this.ask();
  }

  private answered(answer: Answer): void {
    switch (answer.method) {
      case 'state': {
        const { took, ...state } = answer;
        this.waiting = false;
        this.next = Date.now() + SHARE * took;
        this.onState(state);
        break;
      }
      case 'parts':
        this.onParts(answer.path, answer.parts);
        break;
      case 'formatted':
        this.formatting.get(answer.id)?.(answer);
        this.formatting.delete(answer.id);
        break;
    }
  }

  private context: ISessionContext | null = null;
  private comm: Kernel.IComm | null = null;
  private waiting = false;
  private asked = 0;
  private next = 0;
  private formats = 0;
  private formatting = new Map<number, (answer: { source?: string; error?: string }) => void>();
}
