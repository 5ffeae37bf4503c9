/** Brings journals of SQLite into their files, and reads whole files, beside the threads that write them: it holds up no commit. */
import { checkIntegrity } from '../../store/open-database.ts';
import { loadSqlite } from '../../store/sqlite.ts';
import { runThread } from '../../threads/index.ts';
import type { CheckpointThread } from './checkpointer.ts';
import { storageError } from './storage-error.ts';

type Sqlite = ReturnType<typeof loadSqlite>;

let lastFile = '';

/** Short enough that what was written meanwhile can be brought over in the way of a commit. */
const remainderPages = 128;
const rounds = 4;

interface Progress {
  readonly busy: number;
  /** Pages in the journal; -1: there is none. */
  readonly log: number;
  readonly checkpointed: number;
}

function checkpoint(sqlite: Sqlite, file: string, whole: boolean): { readonly remainingPages: number } {
  lastFile = file;
  const database = new sqlite(file, { timeout: 1_000, fileMustExist: true });
  try {
    database.pragma('fullfsync = 1');
    database.pragma('checkpoint_fullfsync = 1');
    let remainingPages = 0;
    for (let round = 0; round < rounds; round++) {
      const [progress] = database.pragma('wal_checkpoint(PASSIVE)') as [Progress];
      remainingPages = progress.log - progress.checkpointed;
      if (remainingPages <= (whole ? 0 : remainderPages)) return { remainingPages };
    }
    if (whole) {
      // Somebody writes without a pause: this one waits for the writer, and the writer for it.
      const [progress] = database.pragma('wal_checkpoint(FULL)') as [Progress];
      remainingPages = progress.busy === 1 ? Math.max(1, progress.log - progress.checkpointed) : 0;
    }
    return { remainingPages };
  } finally {
    database.close();
  }
}

function checkPages(sqlite: Sqlite, file: string): void {
  lastFile = file;
  const database = new sqlite(file, { readonly: true, fileMustExist: true });
  try {
    checkIntegrity(database);
  } finally {
    database.close();
  }
}

runThread<CheckpointThread>(
  ({ data }) => {
    const sqlite = loadSqlite(data.resourcesPath);
    return {
      ready: undefined,
      methods: {
        checkpoint: ({ file, whole }) => checkpoint(sqlite, file, whole),
        checkIntegrity: (file) => checkPages(sqlite, file),
      },
      told: {},
      stop: () => undefined,
    };
  },
  (error) => storageError(lastFile, error).toShape(),
);
