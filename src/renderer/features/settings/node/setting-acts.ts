/** What a person can do with the node's settings. */
import type { Setting } from '../../../../common/contract/config.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { showUndoToast } from '../../../design/feedback/undo-toast.tsx';
import { i18next } from '../../../i18n/index.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { nodeClient, refreshStatus } from '../../../state/node.ts';
import { controlOf, type Draft, fromDraft, isPlainNumber, titleOf, withUnit, wordsOf } from '../model/setting-form.ts';
import { dropDrafts, setDraft, setProblems, useDrafts, useSettings } from './settings-store.ts';

const t = i18next.getFixedT(null, 'settings');
const words = { on: t('on'), off: t('off'), empty: t('emptyValue') };

/** Reads the settings; what was read before stays when that fails. */
export async function loadSettings(): Promise<void> {
  try {
    const { settings } = await nodeClient().call('config.schema', {});
    useSettings.setState({ settings, failure: undefined });
  } catch (error) {
    useSettings.setState({ failure: asSignalboxError(error) });
  }
}

/** Puts a value of a switch, a choice or a list in force. */
export function applyNow(setting: Setting, draft: Draft): Promise<void> {
  setDraft(setting.key, draft);
  return commitSetting(setting);
}

/**
 * Checks what was typed and saves it if the node takes it. Settings that hold only together (a certificate and its key) are
 * sent together once each of them has been typed.
 */
export async function commitSetting(setting: Setting): Promise<void> {
  const own = parsedDraft(setting);
  if (own === undefined) return;
  if ('problem' in own) {
    setProblems({ [setting.key]: t(own.problem) });
    return;
  }
  const alone = { [setting.key]: own.value };
  if (isSame(own.value, setting.saved)) {
    dropDrafts([setting.key]);
    return;
  }
  const together = { ...siblingDrafts(setting), ...alone };
  useSettings.setState(({ saving }) => ({ saving: new Set([...saving, setting.key]) }));
  try {
    const client = nodeClient();
    const joint = await client.call('config.validate', { values: together });
    if (joint.valid) {
      await save(together, setting);
      return;
    }
    const issues = Object.keys(together).length === 1 ? joint : await client.call('config.validate', { values: alone });
    if (issues.valid) await save(alone, setting);
    else setProblems(Object.fromEntries(issues.issues.map(({ key, message }) => [key, message])));
  } catch (error) {
    setProblems({ [setting.key]: asSignalboxError(error).message });
  } finally {
    useSettings.setState(({ saving }) => ({ saving: new Set([...saving].filter((key) => key !== setting.key)) }));
  }
}

/** Puts the default back. */
export async function resetSetting(setting: Setting): Promise<void> {
  dropDrafts([setting.key]);
  try {
    await save({ [setting.key]: null }, setting);
  } catch (error) {
    setProblems({ [setting.key]: asSignalboxError(error).message });
  }
}

/** Forgets what was typed. */
export function discardDraft({ key }: Setting): void {
  dropDrafts([key]);
}

/** Saves, reads back, and says what was done with a way to undo it (danger level 1). */
async function save(values: Readonly<Record<string, unknown>>, shown: Setting): Promise<void> {
  const before = Object.fromEntries(
    (useSettings.getState().settings ?? [])
      .filter(({ key }) => key in values)
      .map((setting) => [setting.key, isSame(setting.saved, setting.default) ? null : setting.saved]),
  );
  const { restartNeeded } = await nodeClient().call('config.set', { values: { ...values } });
  dropDrafts(Object.keys(values));
  await Promise.all([loadSettings(), refreshStatus()]);
  const now = useSettings.getState().settings?.find(({ key }) => key === shown.key) ?? shown;
  const { title, unit } = titleOf(now);
  const value = withUnit(wordsOf(now.saved, { ...words, plainNumbers: isPlainNumber(now) }), unit);
  showUndoToast({
    title: restartNeeded.includes(shown.key) ? t('savedForRestart', { title, value }) : t('changedTo', { title, value }),
    undoLabel: t('undo'),
    onUndo: () => void undo(before),
  });
}

async function undo(before: Readonly<Record<string, unknown>>): Promise<void> {
  try {
    await nodeClient().call('config.set', { values: { ...before } });
    await Promise.all([loadSettings(), refreshStatus()]);
  } catch (error) {
    showToast({ title: t('undoFailed'), message: asSignalboxError(error).message, tone: 'error' });
  }
}

function parsedDraft({ key, schema }: Setting): ReturnType<typeof fromDraft> | undefined {
  const draft = useDrafts.getState().drafts[key];
  return draft === undefined ? undefined : fromDraft(controlOf(schema), draft);
}

/** What else was typed in the same part of the settings and has not been taken yet. */
function siblingDrafts(setting: Setting): Record<string, unknown> {
  const part = setting.key.split('.')[0];
  const values: Record<string, unknown> = {};
  for (const other of useSettings.getState().settings ?? []) {
    if (other.key === setting.key || other.key.split('.')[0] !== part) continue;
    const parsed = parsedDraft(other);
    if (parsed !== undefined && 'value' in parsed) values[other.key] = parsed.value;
  }
  return values;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
