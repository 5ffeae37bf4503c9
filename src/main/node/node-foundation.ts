/** What has to be read from the data folder before the parts of a node can be made. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { NodeStatus } from '../../common/contract/node.ts';
import { SignalboxError } from '../../common/errors.ts';
import { Config } from './config/index.ts';
import { type DataFolderLock, lockDataFolder } from './data-folder-lock.ts';
import {
  createKeyFileStore,
  headlessSecretStore,
  loadOrCreateIdentity,
  type NodeIdentity,
  passphraseStoreName,
  readKeySeed,
  type SecretStore,
} from './identity/index.ts';
import { withFormerSecrets } from './membership/index.ts';
import type { PeerTimes } from './peers/index.ts';
import type { ProcessSample } from './services/system.ts';
import { Logs, Problems } from './telemetry/index.ts';

export interface NodeOptions {
  readonly dataFolder: string;
  readonly mode: NodeStatus['mode'];
  /** Settings by key that win until the next start. */
  readonly overrides?: Readonly<Record<string, unknown>>;
  /** Folder of the built console, served over HTTP. */
  readonly consoleFolder?: string;
  /** Protects the node's key; absent: passphrase of the environment, else the key file. */
  readonly secrets?: SecretStore;
  /** Processes that only the host of the node knows of. */
  readonly extraProcesses?: () => readonly ProcessSample[];
  /** Asked to stop this node and start a new one. */
  readonly onRestart: (reason: string) => void;
  /** Electron's `process.resourcesPath`. */
  readonly resourcesPath?: string;
  /** Logs that outlive the node; absent: the node's own, in `DATA/logs`. */
  readonly logs?: Logs;
  /** Other times between heartbeats than usual, and until a peer is given up: for tests. */
  readonly peerTimes?: Partial<PeerTimes>;
  /** Where `SIGNALBOX_PASSPHRASE` is looked up; absent: the environment of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** The data folder, held, with what was read from it. */
export interface Foundation {
  readonly options: NodeOptions;
  readonly dataFolder: string;
  readonly config: Config;
  readonly identity: NodeIdentity;
  readonly secrets: SecretStore;
  readonly keySeed: () => Promise<Uint8Array>;
  readonly logs: Logs;
  readonly problems: Problems;
  /** Lets go of the data folder. Safe to call twice. */
  readonly release: () => void;
}

/**
 * Takes the data folder and reads who the node is and how it is set.
 *
 * @throws DamagedFileError for settings or identity that cannot be read: see `rescue.ts`
 * @throws SignalboxError `CONFLICT` (folder in use), `IDENTITY_LOCKED`, `INVALID_PARAMS` (overrides), `STORAGE_FULL`
 */
export async function layFoundation(options: NodeOptions): Promise<Foundation> {
  const dataFolder = resolve(options.dataFolder);
  await makeFolder(dataFolder);
  const lock = lockDataFolder(dataFolder, options.resourcesPath);
  try {
    const problems = new Problems();
    const config = await Config.load({ file: join(dataFolder, 'config.json'), ...(options.overrides && { overrides: options.overrides }) });
    const logs = options.logs ?? ownLogs(dataFolder, config, problems);
    const headless = await headlessSecretStore(dataFolder, options.environment ?? process.env);
    const secrets = options.secrets ?? headless;
    // A node that began without a passphrase or a key store, or was restored without a desktop, moves to the better one by itself.
    const keyFile = createKeyFileStore(dataFolder);
    const formerSecrets = headless.name === passphraseStoreName ? [keyFile, headless] : [keyFile];
    const identity = await loadOrCreateIdentity({ folder: dataFolder, secrets, formerSecrets, problems });
    const keySeed = () => readKeySeed({ folder: dataFolder, secrets, formerSecrets });
    const anySecrets = withFormerSecrets(secrets, formerSecrets);
    return { options, dataFolder, config, identity, secrets: anySecrets, keySeed, logs, problems, release: once(lock) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new SignalboxError(
      'STORAGE_FULL',
      `The data folder ${folder} cannot be made (${(error as NodeJS.ErrnoException).code}). Name another folder or make this one writable.`,
      { cause: error, retryable: false, executed: 'no' },
    );
  }
}

function ownLogs(dataFolder: string, config: Config, problems: Problems): Logs {
  return new Logs({
    folder: join(dataFolder, 'logs'),
    level: config.get('logs.level'),
    maxFileBytes: config.get('logs.maxFileBytes'),
    files: config.get('logs.files'),
    problems,
  });
}

function once(lock: DataFolderLock): () => void {
  let held = true;
  return () => {
    if (held) lock.release();
    held = false;
  };
}
