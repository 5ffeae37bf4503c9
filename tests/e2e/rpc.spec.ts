/** The RPC screen in the window of the application. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type App, launchApp, makeDataFolder } from '../helpers/app.ts';
import { describeRpc } from './rpc-scenarios.ts';

let app: App;
let dataFolder: string;

async function launch(): Promise<App> {
  app = await launchApp({ dataFolder });
  await app.page.getByText('Connected').first().waitFor();
  return app;
}

describeRpc(
  async () => {
    dataFolder = await makeDataFolder();
    const { page } = await launch();
    return {
      page,
      dataFolder,
      saveFile: async (start) => {
        const file = join(dataFolder, 'saved.json');
        // In place of the dialog that asks a person where to.
        const saved = app.electron.evaluate(
          ({ session }, target) =>
            new Promise<void>((done) => {
              session.defaultSession.prependOnceListener('will-download', (_event, item) => {
                item.setSavePath(target);
                item.once('done', () => done());
              });
            }),
          file,
        );
        await start();
        await saved;
        return file;
      },
      readClipboard: () => app.electron.evaluate(({ clipboard }) => clipboard.readText()),
      restart: async () => {
        app.electron.process().kill('SIGKILL');
        await app.close().catch(() => undefined);
        return (await launch()).page;
      },
    };
  },
  async () => {
    await app?.close();
    await rm(dataFolder, { recursive: true, force: true });
  },
);
