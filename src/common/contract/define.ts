import type { z } from 'zod';
import type { Effect, Role } from '../roles.ts';

/** One method, declared once: types, validation, form, JSON Schema, CLI help and reference page derive from it. */
export interface MethodSpec {
  /** A `z.strictObject`. */
  readonly params: z.ZodObject;
  readonly result: z.ZodType;
  /** What a progress message carries, for methods that report any. */
  readonly progress?: z.ZodType;
  /** The weakest role that may call it. */
  readonly role: Role;
  readonly effect: Effect;
  /** One line for people. */
  readonly help: string;
  /** Paths of params that never reach a log, the audit table or a history. */
  readonly secretParams?: readonly string[];
  /** The result carries a secret that is told once: it is never kept for a repeated idempotency key. */
  readonly secretResult?: boolean;
  /** Sample params for the form and the reference page. */
  readonly example?: Readonly<Record<string, unknown>>;
  /** Called in streams, by programs: the audit table gets one line for ten seconds of a caller's, with the count. */
  readonly streamed?: boolean;
  /** Called by the console by itself, or touches only the caller's own notes: no line in the activity list or the audit table. */
  readonly quiet?: boolean;
  /** Its answer may be held back on purpose until there is something to tell: how long that took says nothing of the node. */
  readonly waits?: boolean;
}

export type ServiceContract = Readonly<Record<string, MethodSpec>>;

/** Keeps the literal types of a service's declarations. */
export function defineService<const S extends ServiceContract>(service: S): S {
  return service;
}
