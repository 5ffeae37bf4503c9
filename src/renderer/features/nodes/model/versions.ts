/** Which nodes run another version than the rest. */
import type { NodeInfo } from '../../../../common/contract/nodes.ts';

export type VersionSkew = 'older' | 'newer';

/** Negative when `a` is the older one. A version with a pre-release part is older than the same without (semver 2.0, rule 11). */
export function compareVersions(a: string, b: string): number {
  const [coreA = '', ...preA] = withoutBuild(a).split('-');
  const [coreB = '', ...preB] = withoutBuild(b).split('-');
  const core = coreA.localeCompare(coreB, 'en', { numeric: true });
  if (core !== 0) return core;
  if (preA.length === 0 || preB.length === 0) return preB.length - preA.length;
  return preA.join('-').localeCompare(preB.join('-'), 'en', { numeric: true });
}

const withoutBuild = (version: string): string => version.split('+')[0] ?? version;

/**
 * The version that most nodes run: those that are on line decide; among equally many the newest. Undefined where there is no
 * node.
 */
export function commonVersion(nodes: readonly Pick<NodeInfo, 'version' | 'status'>[]): string | undefined {
  const online = nodes.filter(({ status }) => status === 'online');
  const counts = new Map<string, number>();
  for (const { version } of online.length > 0 ? online : nodes) counts.set(version, (counts.get(version) ?? 0) + 1);
  const ranked = [...counts].sort(([a, countA], [b, countB]) => countB - countA || compareVersions(b, a));
  return ranked[0]?.[0];
}

/** How a node's version stands to the common one; undefined when it is the same. */
export function versionSkew(version: string, common: string | undefined): VersionSkew | undefined {
  if (common === undefined) return undefined;
  const order = compareVersions(version, common);
  return order === 0 ? undefined : order < 0 ? 'older' : 'newer';
}
