import type { GroupConfiguration, LogPosition } from '../core/types.ts';

/** A snapshot that another broker brought, whole and checked. */
export interface ReceivedSnapshot {
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly position: LogPosition;
  readonly configuration: GroupConfiguration;
}
