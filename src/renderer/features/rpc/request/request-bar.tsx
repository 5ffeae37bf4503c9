import { shortcutLabel } from '../../../app/actions/shortcuts.ts';
import { ActionIcon, Autocomplete, Button, Menu, Select } from '../../../design/controls/index.ts';
import { IconChevronDown, IconClock, IconPlayerPlay, IconPlayerStop } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useNode } from '../../../state/node.ts';
import { dangerOf } from '../model/danger.ts';
import { catalogueFor, entryOf, type Tab, useRpc } from '../state/rpc-store.ts';
import { chooseVariables } from '../state/saved.ts';
import { cancel, repeatEvery, send } from '../state/sending.ts';
import { changeContent, changeMethod } from '../state/tabs.ts';
import { timeoutText } from '../timeout-text.ts';
import { TargetPicker } from './target-picker.tsx';

const timeoutsMs = [1_000, 5_000, 10_000, 30_000, 60_000, 300_000, 3_600_000];
const repeatsMs = [1_000, 5_000, 10_000, 30_000, 60_000];
const editVariables = 'edit';
const noVariables = 'none';

/** Where a request goes, which method, how long, with which variables; Send or Cancel. */
export function RequestBar({ tab }: { readonly tab: Tab }) {
  const { t } = useTranslation('rpc');
  const catalogue = useRpc((state) => catalogueFor(state, tab.content));
  const { content } = tab;
  const timeouts = [...new Set([...timeoutsMs, content.timeoutMs])].toSorted((a, b) => a - b);
  return (
    <div className="sb-subbar sb-rpc-bar">
      <TargetPicker target={content.target} onChange={(target) => changeContent(tab.id, { target })} />
      <Autocomplete
        aria-label={t('method')}
        className="sb-rpc-method-field"
        placeholder={t('methodPlaceholder')}
        value={content.method}
        data={catalogue.map((entry) => entry.method)}
        limit={60}
        maxDropdownHeight={320}
        selectFirstOptionOnChange
        onChange={(method) => changeMethod(tab.id, method)}
      />
      <Select
        aria-label={t('timeout')}
        className="sb-rpc-timeout"
        leftSection={<IconClock size={14} stroke={1.5} />}
        value={String(content.timeoutMs)}
        data={timeouts.map((ms) => ({ value: String(ms), label: timeoutText(ms) }))}
        onChange={(value) => changeContent(tab.id, { timeoutMs: Number(value) })}
      />
      <VariablesSelect />
      <SendButton tab={tab} />
    </div>
  );
}

function VariablesSelect() {
  const { t } = useTranslation('rpc');
  const sets = useRpc((state) => state.variableSets);
  const chosen = useRpc((state) => state.variableSetId);
  return (
    <Select
      aria-label={t('variables')}
      className="sb-rpc-variables"
      value={chosen ?? noVariables}
      data={[
        { value: noVariables, label: t('noVariables') },
        ...sets.map((set) => ({ value: set.id, label: set.name })),
        { value: editVariables, label: t('editVariables') },
      ]}
      onChange={(value) => {
        if (value === editVariables) useRpc.setState({ dialog: 'variables' });
        else chooseVariables(value === noVariables ? undefined : (value ?? undefined));
      }}
      comboboxProps={{ width: 'max-content', position: 'bottom-end' }}
    />
  );
}

function SendButton({ tab }: { readonly tab: Tab }) {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const entry = useRpc((state) => entryOf(state, tab.content));
  const running = useRpc((state) => state.runs[tab.id]?.current.state === 'running');
  const environment = useNode(({ status }) => status?.environment);
  const asks = dangerOf(entry, environment, tab.content.target) >= 2;
  if (running) {
    return (
      <Button
        variant="default"
        className="sb-rpc-cancel"
        leftSection={<IconPlayerStop size={14} stroke={1.6} />}
        onClick={() => cancel(tab.id)}
      >
        {common('cancel')} <kbd className="sb-kbd sb-rpc-send-key">{shortcutLabel('escape')}</kbd>
      </Button>
    );
  }
  // What another node allows is for it to say: its settings may have changed since it was asked.
  const impossible = (entry?.allowed === false && tab.content.target.kind === 'self') || tab.content.method.trim() === '';
  return (
    <Button.Group>
      <Button
        className="sb-rpc-send"
        leftSection={<IconPlayerPlay size={14} stroke={0} fill="currentColor" />}
        disabled={impossible}
        onClick={() => send(tab.id)}
      >
        {asks ? t('sendAsks') : t('send')} <span className="sb-rpc-send-key">{shortcutLabel('mod+enter')}</span>
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="filled" color="accent" className="sb-rpc-send-more" aria-label={t('repeat')} disabled={impossible || asks}>
            <IconChevronDown size={14} stroke={1.6} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('repeat')}</Menu.Label>
          {repeatsMs.map((ms) => (
            <Menu.Item key={ms} onClick={() => repeatEvery(tab.id, ms)}>
              {t('repeatEvery', { seconds: ms / 1_000 })}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  );
}
