/** The page after the console died twice, or while the node cannot start. */
import { bridge, onPress, show } from './page.ts';

const crash = bridge?.crash;
if (bridge && crash) {
  const { window: frame } = bridge;
  onPress('open-again', () => crash.openAgain().then(() => undefined));
  onPress('open-logs', () => crash.openLogFolder().then(() => undefined));
  onPress('close', () => frame.close().then(() => undefined));
  const { what, reason, logFolder } = await crash.describe();
  if (what === 'node') show('title', 'The node did not start');
  show('reason', reason);
  show('log-folder', logFolder);
}
