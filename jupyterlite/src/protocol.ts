// What the page and the worker that runs the kernel say to each other.

/** A message of Jupyter's, its JSON as text. */
export interface IEnvelope {
  kind: 'message';
  channel: string;
  text: string;
  buffers: Uint8Array[];
  /** How much output it has, which the kernel is told when that is shown. */
  shows?: number;
}

/** So much output has been shown. */
export interface ISeen {
  kind: 'seen';
  size: number;
}

/** The first thing that the worker is told. */
export interface IStart {
  kind: 'start';
  /** Where the kernel's files are, with a slash at the end. */
  base: string;
  /** Whether what is kept for later visits is answered with then. */
  mayKeep: boolean;
}

/** All of the site is kept, and whether there was room for it. */
export interface IKeep {
  kind: 'keep';
  room: boolean;
}

/** The kernel can be spoken to. */
export interface IReady {
  kind: 'ready';
}

/** The kernel has not started, or has ended. */
export interface IEnd {
  kind: 'end';
  started: boolean;
  /** What it wrote to standard error, or why it did not start. */
  text: string;
}

export type ToWorker = IStart | IEnvelope | ISeen | IKeep;
export type FromWorker = IReady | IEnvelope | IEnd;
