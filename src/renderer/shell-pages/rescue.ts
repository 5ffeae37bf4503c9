/** The page while a file of the node cannot be read: what is damaged, a backup, and a reset that must be typed. */
import { bridge, element, onPress, perform, show } from './page.ts';

const rescue = bridge?.rescue;
if (rescue) {
  const damage = await rescue.describe();
  show('what', damage.what);
  show('reason', damage.reason);
  show('file', damage.file);
  show('data-folder', damage.dataFolder);
  show('name', damage.confirmation);

  onPress('back-up', async () => `Copied to ${(await rescue.backUp()).folder}.`);
  onPress('quit', () => rescue.quit().then(() => undefined));

  const typed = element<HTMLInputElement>('confirmation');
  const button = element<HTMLButtonElement>('reset');
  const allow = () => {
    button.disabled = typed.value !== damage.confirmation;
  };
  typed.addEventListener('input', allow);
  element<HTMLFormElement>('reset-form').addEventListener('submit', (event) => {
    event.preventDefault();
    void perform(button, () => rescue.reset(typed.value).then(() => undefined)).then(allow);
  });
}
