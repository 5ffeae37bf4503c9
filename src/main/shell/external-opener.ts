import { SignalboxError } from '../../common/errors.ts';
import { isDocumentation, readExternalAddress } from './external-address.ts';

export interface ExternalOpenerOptions {
  /** Shows a person the address; resolves with whether they want it opened. */
  readonly ask: (url: URL) => Promise<boolean>;
  /** Hands the address to the system's browser. */
  readonly open: (href: string) => Promise<void>;
}

/** Opens addresses in the system's browser. A page that was taken over opens nothing by itself: a person is asked, by the shell. */
export class ExternalOpener {
  readonly #options: ExternalOpenerOptions;
  #isAsking = false;

  constructor(options: ExternalOpenerOptions) {
    this.#options = options;
  }

  /**
   * Opens a page of the documentation at once, any other address after a question.
   *
   * @returns false: the person did not want it opened
   * @throws SignalboxError `FORBIDDEN` an address of a kind that is never opened, `OVERLOADED` a question is still open,
   * `INTERNAL` the system did not open it
   */
  async open(link: string): Promise<boolean> {
    const url = readExternalAddress(link);
    if (!isDocumentation(url) && !(await this.#ask(url))) return false;
    try {
      await this.#options.open(url.href);
    } catch (error) {
      throw new SignalboxError('INTERNAL', 'The system did not open the address in a browser. Copy it to open it yourself.', {
        cause: error,
      });
    }
    return true;
  }

  async #ask(url: URL): Promise<boolean> {
    if (this.#isAsking) {
      throw new SignalboxError('OVERLOADED', 'Signalbox asks already whether to open an address. Answer that first.', { executed: 'no' });
    }
    this.#isAsking = true;
    try {
      return await this.#options.ask(url);
    } finally {
      this.#isAsking = false;
    }
  }
}
