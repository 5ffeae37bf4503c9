/** A process that holds the lock of a data folder until it is killed: `node lock-holder.ts FOLDER`. */
import { lockDataFolder } from '../../src/main/node/data-folder-lock.ts';

const [folder = ''] = process.argv.slice(2);
const lock = lockDataFolder(folder, undefined);
process.on('message', () => lock.release());
process.send?.('locked');
