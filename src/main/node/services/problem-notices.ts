import type { Router } from '../router/index.ts';
import type { Startable } from '../startable.ts';
import type { Problems } from '../telemetry/index.ts';

/** Tells those who listen to `/notifications` when a problem of the node begins and when it is over. */
export class ProblemNotices implements Startable {
  readonly #problems: Problems;
  readonly #router: Pick<Router, 'notify'>;
  /** Titles by id of the problems already told. */
  #told = new Map<string, string>();
  #unwatch: (() => void) | undefined;

  constructor(options: { readonly problems: Problems; readonly router: Pick<Router, 'notify'> }) {
    this.#problems = options.problems;
    this.#router = options.router;
  }

  start(): Promise<void> {
    // What was wrong before anybody could listen is in node.status.
    this.#told = this.#titles();
    this.#unwatch = this.#problems.onChange(() => this.#tell());
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#unwatch?.();
    this.#unwatch = undefined;
    return Promise.resolve();
  }

  #tell(): void {
    const before = this.#told;
    this.#told = this.#titles();
    for (const { id, title, severity } of this.#problems.list()) {
      if (!before.has(id)) this.#router.notify(`${title}.`, severity === 'crit' ? 'error' : 'warning');
    }
    for (const [id, title] of before) {
      if (!this.#told.has(id)) this.#router.notify(`Over: ${title}.`, 'success');
    }
  }

  #titles(): Map<string, string> {
    return new Map(this.#problems.list().map(({ id, title }) => [id, title]));
  }
}
