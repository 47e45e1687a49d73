/**
 * Random access to bytes that are somewhere: on disk, in a workspace file system, in memory. The engine opens no file;
 * whoever runs it hands these in.
 */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes from `offset`, owned by the caller. Rejects with `file-unreadable` when they are not there. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Releases what was opened to read; calling it twice does nothing. */
  close(): Promise<void>;
}

/** The files of one model folder. */
export interface ModelFiles {
  /** What to call the folder in messages. */
  readonly name: string;
  /** The file of that name directly in the folder, or undefined when there is none. */
  open(name: string): Promise<ByteSource | undefined>;
}
