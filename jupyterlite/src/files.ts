// The file system that a program in the browser sees: in memory, gone with the
// session. It has the part of Node's fs that Go's package syscall uses.

type Callback = (error: Failure | null, result?: unknown) => void;

interface IEntry {
  mode: number;
  inode: number;
  changed: number;
  data?: Uint8Array;
  size: number;
  children?: Map<string, IEntry>;
}

interface IOpen {
  entry: IEntry;
  path: string;
  position: number;
  append: boolean;
}

const DIRECTORY = 0o40000;
const REGULAR = 0o100000;
const TYPE = 0o170000;

/** Bits of open's flags, as Linux has them. */
const constants = {
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  O_TRUNC: 0o1000,
  O_APPEND: 0o2000,
  O_DIRECTORY: 0o200000
};

/** No Error: that would note where it was made, which deep in a program takes longer
 * than looking for a file, and Go asks for the code alone. */
class Failure {
  constructor(readonly code: string) {}
}

/** The absolute path of names that may have . and .. in them. */
export function resolve(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') {
      parts.pop();
    } else if (part !== '' && part !== '.') {
      parts.push(part);
    }
  }
  return '/' + parts.join('/');
}

/** Files of one session. What is written to descriptors 1 and 2 goes to print. */
export class Files {
  readonly constants = constants;

  constructor(private readonly print: (fd: number, text: string) => void) {
    for (const path of ['/tmp', '/home', '/home/learner']) {
      this.create(path, DIRECTORY | 0o755);
    }
    this.cwd = '/home/learner';
  }

  cwd: string;

  writeSync(fd: number, bytes: Uint8Array): number {
    if (fd === 1 || fd === 2) {
      this.print(fd, this.decoder.decode(bytes, { stream: true }));
      return bytes.length;
    }
    return this.put(this.opened(fd), bytes, null);
  }

  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: number | null, done: Callback): void {
    answer(done, () => {
      const part = bytes.subarray(offset, offset + length);
      return fd === 1 || fd === 2 ? this.writeSync(fd, part) : this.put(this.opened(fd), part, position);
    });
  }

  read(fd: number, into: Uint8Array, offset: number, length: number, position: number | null, done: Callback): void {
    answer(done, () => {
      if (fd === 0) {
        return 0;
      }
      const file = this.opened(fd);
      if (file.entry.children) {
        throw new Failure('EISDIR');
      }
      const at = position ?? file.position;
      const part = (file.entry.data as Uint8Array).subarray(at, Math.min(at + length, file.entry.size));
      into.set(part, offset);
      if (position === null) {
        file.position += part.length;
      }
      return part.length;
    });
  }

  open(path: string, flags: number, mode: number, done: Callback): void {
    answer(done, () => {
      let entry = this.look(path);
      if (entry && flags & constants.O_CREAT && flags & constants.O_EXCL) {
        throw new Failure('EEXIST');
      }
      if (!entry && !(flags & constants.O_CREAT)) {
        throw new Failure('ENOENT');
      }
      entry = entry ?? this.create(path, REGULAR | (mode & 0o777));
      const writes = (flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0;
      if (entry.children && writes) {
        throw new Failure('EISDIR');
      }
      if (!entry.children && flags & constants.O_DIRECTORY) {
        throw new Failure('ENOTDIR');
      }
      if (flags & constants.O_TRUNC && writes) {
        this.resize(entry, 0);
      }
      const fd = this.next++;
      this.table.set(fd, {
        entry,
        path: resolve(this.cwd, path),
        position: 0,
        append: (flags & constants.O_APPEND) !== 0
      });
      return fd;
    });
  }

  close(fd: number, done: Callback): void {
    answer(done, () => {
      this.opened(fd);
      this.table.delete(fd);
    });
  }

  stat(path: string, done: Callback): void {
    answer(done, () => describe(this.find(path)));
  }

  lstat(path: string, done: Callback): void {
    this.stat(path, done);
  }

  fstat(fd: number, done: Callback): void {
    answer(done, () => {
      if (fd <= 2) {
        return describe({ mode: 0o20666, inode: fd, changed: 0, size: 0 });
      }
      return describe(this.opened(fd).entry);
    });
  }

  mkdir(path: string, mode: number, done: Callback): void {
    answer(done, () => {
      if (this.look(path)) {
        throw new Failure('EEXIST');
      }
      this.create(path, DIRECTORY | (mode & 0o777));
    });
  }

  readdir(path: string, done: Callback): void {
    answer(done, () => [...this.directory(this.find(path)).keys()].sort());
  }

  unlink(path: string, done: Callback): void {
    answer(done, () => {
      if (this.find(path).children) {
        throw new Failure('EISDIR');
      }
      this.remove(path);
    });
  }

  rmdir(path: string, done: Callback): void {
    answer(done, () => {
      if (this.directory(this.find(path)).size > 0) {
        throw new Failure('ENOTEMPTY');
      }
      this.remove(path);
    });
  }

  rename(from: string, to: string, done: Callback): void {
    answer(done, () => {
      const entry = this.find(from);
      const source = resolve(this.cwd, from);
      const target = resolve(this.cwd, to);
      if (source === target) {
        return;
      }
      if (target.startsWith(source + '/')) {
        throw new Failure('EINVAL');
      }
      const [parent, name] = this.parent(to);
      const there = parent.get(name);
      if (there?.children && there.children.size > 0) {
        throw new Failure('ENOTEMPTY');
      }
      this.remove(from);
      parent.set(name, entry);
    });
  }

  truncate(path: string, length: number, done: Callback): void {
    answer(done, () => this.resize(this.find(path), length));
  }

  ftruncate(fd: number, length: number, done: Callback): void {
    answer(done, () => this.resize(this.opened(fd).entry, length));
  }

  chmod(path: string, mode: number, done: Callback): void {
    answer(done, () => {
      const entry = this.find(path);
      entry.mode = (entry.mode & TYPE) | (mode & 0o777);
    });
  }

  fchmod(fd: number, mode: number, done: Callback): void {
    answer(done, () => {
      const { entry } = this.opened(fd);
      entry.mode = (entry.mode & TYPE) | (mode & 0o777);
    });
  }

  utimes(path: string, _atime: number, mtime: number, done: Callback): void {
    answer(done, () => {
      this.find(path).changed = mtime * 1000;
    });
  }

  fsync(_fd: number, done: Callback): void {
    done(null);
  }

  // There are neither owners nor links.

  chown(_path: string, _user: number, _group: number, done: Callback): void {
    done(new Failure('ENOSYS'));
  }

  lchown(_path: string, _user: number, _group: number, done: Callback): void {
    done(new Failure('ENOSYS'));
  }

  fchown(_fd: number, _user: number, _group: number, done: Callback): void {
    done(new Failure('ENOSYS'));
  }

  link(_from: string, _to: string, done: Callback): void {
    done(new Failure('ENOSYS'));
  }

  symlink(_from: string, _to: string, done: Callback): void {
    done(new Failure('ENOSYS'));
  }

  readlink(path: string, done: Callback): void {
    answer(done, () => {
      this.find(path);
      throw new Failure('EINVAL'); // it is no link
    });
  }

  /** Go there, as process.chdir does. */
  chdir(path: string): void {
    this.directory(this.find(path));
    this.cwd = resolve(this.cwd, path);
  }

  private opened(fd: number): IOpen {
    const file = this.table.get(fd);
    if (!file) {
      throw new Failure('EBADF');
    }
    return file;
  }

  private look(path: string): IEntry | undefined {
    let entry: IEntry | undefined = this.root;
    for (const name of resolve(this.cwd, path).split('/')) {
      if (name === '') {
        continue;
      }
      if (!entry) {
        return undefined;
      }
      entry = this.directory(entry).get(name);
    }
    return entry;
  }

  private find(path: string): IEntry {
    const entry = this.look(path);
    if (!entry) {
      throw new Failure('ENOENT');
    }
    return entry;
  }

  private directory(entry: IEntry): Map<string, IEntry> {
    if (!entry.children) {
      throw new Failure('ENOTDIR');
    }
    return entry.children;
  }

  private parent(path: string): [Map<string, IEntry>, string] {
    const full = resolve(this.cwd, path);
    const cut = full.lastIndexOf('/');
    if (full === '/') {
      throw new Failure('EBUSY');
    }
    return [this.directory(this.find(full.slice(0, cut) || '/')), full.slice(cut + 1)];
  }

  private create(path: string, mode: number): IEntry {
    const [parent, name] = this.parent(path);
    const entry: IEntry = { mode, inode: this.inodes++, changed: Date.now(), size: 0 };
    if ((mode & TYPE) === DIRECTORY) {
      entry.children = new Map();
    } else {
      entry.data = new Uint8Array(0);
    }
    parent.set(name, entry);
    return entry;
  }

  private remove(path: string): void {
    const [parent, name] = this.parent(path);
    parent.delete(name);
  }

  private put(file: IOpen, bytes: Uint8Array, position: number | null): number {
    const { entry } = file;
    const at = position ?? (file.append ? entry.size : file.position);
    if (at + bytes.length > entry.size) {
      this.resize(entry, at + bytes.length);
    }
    (entry.data as Uint8Array).set(bytes, at);
    entry.changed = Date.now();
    if (position === null) {
      file.position = at + bytes.length;
    }
    return bytes.length;
  }

  private resize(entry: IEntry, size: number): void {
    if (!entry.data) {
      throw new Failure('EISDIR');
    }
    if (size > entry.data.length) {
      const more = new Uint8Array(Math.max(size, 2 * entry.data.length));
      more.set(entry.data.subarray(0, entry.size));
      entry.data = more;
    } else if (size < entry.size) {
      entry.data.fill(0, size, entry.size);
    }
    entry.size = size;
    entry.changed = Date.now();
  }

  private readonly decoder = new TextDecoder();
  private readonly table = new Map<number, IOpen>();
  private next = 3;
  private inodes = 2;
  private readonly root: IEntry = {
    mode: DIRECTORY | 0o755,
    inode: 1,
    changed: Date.now(),
    size: 0,
    children: new Map()
  };
}

/** Calls done with what work returns, or throws. */
function answer(done: Callback, work: () => unknown): void {
  let result: unknown;
  try {
    result = work();
  } catch (error) {
    done(error instanceof Failure ? error : new Failure('EIO'));
    return;
  }
  done(null, result);
}

function describe(entry: IEntry): object {
  return {
    dev: 1,
    ino: entry.inode,
    mode: entry.mode,
    nlink: 1,
    uid: 0,
    gid: 0,
    rdev: 0,
    size: entry.size,
    blksize: 4096,
    blocks: Math.ceil(entry.size / 512),
    atimeMs: entry.changed,
    mtimeMs: entry.changed,
    ctimeMs: entry.changed,
    isDirectory: () => entry.children !== undefined
  };
}
