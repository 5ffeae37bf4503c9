/** Stores that a node names in `membership.status`; of a later version there may be others. */
const known: Readonly<Record<string, 'safeStorage' | 'passphrase' | 'keyFile'>> = {
  'safe-storage': 'safeStorage',
  passphrase: 'passphrase',
  'key-file': 'keyFile',
};

/** What protects the key of the node. `keyFile` protects it against nobody who can read the data folder. */
export function keyStoreOf(name: string): 'safeStorage' | 'passphrase' | 'keyFile' | 'other' {
  return known[name] ?? 'other';
}
