/** What the spool has to say about itself. `message` is one line for a person, free of record contents. */
export type SpoolDiagnostic =
  /** The disk cannot be used; tried again every minute. `code` is that of the system, such as `EACCES`. */
  | { readonly kind: 'spoolBad'; readonly code: string; readonly message: string }
  /** New batches are refused until there is room. */
  | { readonly kind: 'spoolFull'; readonly code: string; readonly message: string }
  /** Back from `bad` or `full`. */
  | { readonly kind: 'spoolRecovered'; readonly message: string }
  /** An error the spool has dealt with by itself: a new segment, a new directory, another kind of lock. */
  | { readonly kind: 'spoolTrouble'; readonly code: string; readonly message: string }
  /**
   * The oldest segment was deleted to make room; its frames went to `evict`, but for `unreadable` of the `records`: an
   * estimate, of one record at least.
   */
  | {
      readonly kind: 'spoolEvicted';
      readonly records: number;
      readonly unreadable: number;
      readonly bytes: number;
      readonly message: string;
    }
  /** Segments of an earlier process are ours now. */
  | { readonly kind: 'spoolAdopted'; readonly segments: number; readonly bytes: number; readonly message: string }
  /** Bytes that are no frames were met; `records` is how many records are known to be lost with them. */
  | { readonly kind: 'spoolDamaged'; readonly records: number; readonly bytes: number; readonly message: string }
  /** Something in the directory was left alone: a symbolic link, a file of another user. */
  | { readonly kind: 'spoolEntryRefused'; readonly message: string }
  /** A dead letter could not be kept; its records were counted as rejected already. */
  | { readonly kind: 'deadLetterLost'; readonly records: number; readonly message: string };

/** Takes a diagnostic. Must not throw. */
export type SpoolReport = (event: SpoolDiagnostic) => void;
