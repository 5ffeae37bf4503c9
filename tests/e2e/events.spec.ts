/** The Events screen in the window of the application. */
import { join } from 'node:path';
import { type App, launchApp } from '../helpers/app.ts';
import { describeEvents } from './events-scenarios.ts';

let app: App;

describeEvents(
  async () => {
    app = await launchApp();
    await app.page.getByText('Connected').first().waitFor();
    return {
      page: app.page,
      dataFolder: app.dataFolder,
      saveFile: async (start) => {
        const file = join(app.dataFolder, 'export.ndjson');
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
    };
  },
  () => app.close(),
);
