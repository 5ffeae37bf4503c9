import { useState } from 'react';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { Button, Checkbox, PasswordInput, Select, TextInput } from '../../../design/controls/index.ts';
import { Dialog } from '../../../design/feedback/dialog.tsx';
import { showUndoToast } from '../../../design/feedback/undo-toast.tsx';
import { IconPlus, IconTrash } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { type Kept, type Variable, type VariableSet, variableSchema } from '../model/kept-items.ts';
import { freeName } from '../model/requests-file.ts';
import { unresolvedIn } from '../model/variables.ts';
import { activeTab, useRpc } from '../state/rpc-store.ts';
import { chooseVariables, keepVariableSet, removeVariableSet } from '../state/saved.ts';

/** Sets of variables: choose, name, fill. */
export function VariablesDialog() {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const opened = useRpc(({ dialog }) => dialog === 'variables');
  const sets = useRpc((state) => state.variableSets);
  const inForce = useRpc((state) => state.variableSetId);
  if (!opened) return null;
  const set = sets.find((known) => known.id === inForce);
  const add = () => {
    const name = freeName(t('newSetName'), new Set(sets.map((known) => known.name)));
    const made: Kept<VariableSet> = { id: crypto.randomUUID(), name, variables: [] };
    keepVariableSet(made);
    chooseVariables(made.id);
  };
  return (
    <Dialog
      title={t('variablesTitle')}
      opened
      onClose={() => useRpc.setState({ dialog: 'none' })}
      closeLabel={common('close')}
      widthPx={600}
    >
      <div className="sb-rpc-dialog">
        <p className="sb-2">{t('variablesHelp', { reference: '{{name}}' })}</p>
        <div className="sb-flex">
          <Select
            className="sb-grow"
            aria-label={t('variableSet')}
            placeholder={sets.length === 0 ? t('noSets') : t('noVariables')}
            disabled={sets.length === 0}
            value={set?.id ?? null}
            data={sets.map((known) => ({ value: known.id, label: known.name }))}
            onChange={(value) => chooseVariables(value ?? undefined)}
          />
          <Button variant="default" leftSection={<IconPlus size={14} stroke={1.6} />} onClick={add}>
            {t('newSet')}
          </Button>
        </div>
        {set !== undefined && <SetForm key={set.id} set={set} />}
      </div>
    </Dialog>
  );
}

type Row = Variable & { readonly rowId: string };

/** What a set holds, and what the request in sight asks for beside it. */
function rowsOf(set: VariableSet): readonly Row[] {
  const wanted = unresolvedIn(activeTab(useRpc.getState())?.content.text ?? '', set.variables);
  const missing = wanted.map((name): Variable => ({ name, value: '', secret: false }));
  return [...set.variables, ...missing].map((variable) => ({ ...variable, rowId: crypto.randomUUID() }));
}

/** One set. What is right is kept as it is written; a name that cannot be used is said and waits. */
function SetForm({ set }: { readonly set: Kept<VariableSet> }) {
  const { t } = useTranslation('rpc');
  const [name, setName] = useState(set.name);
  const [rows, setRows] = useState(() => rowsOf(set));
  const keep = (nextName: string, nextRows: readonly Row[]) => {
    const variables = nextRows
      .filter((row) => problemOf(row, nextRows) === undefined && !isOnlyWanted(row))
      .map(({ name: key, value, secret }) => ({ name: key, value, secret }));
    keepVariableSet({ id: set.id, name: nextName.trim() === '' ? set.name : nextName.trim(), variables });
  };
  // A name that the request asks for counts once it has a value: an empty one would be sent without a word.
  const isOnlyWanted = (row: Row) => row.value === '' && !set.variables.some((known) => known.name === row.name);
  const changeRows = (next: readonly Row[]) => {
    setRows(next);
    keep(name, next);
  };
  const changeRow = (rowId: string, change: Partial<Variable>) =>
    changeRows(rows.map((row) => (row.rowId === rowId ? { ...row, ...change } : row)));
  return (
    <>
      <TextInput
        label={t('setName')}
        value={name}
        maxLength={120}
        onChange={(event) => {
          setName(event.currentTarget.value);
          keep(event.currentTarget.value, rows);
        }}
      />
      <div className="sb-rpc-variable-rows">
        {rows.map((row) => {
          const problem = row.name === '' ? undefined : problemOf(row, rows);
          return (
            <VariableRow
              key={row.rowId}
              row={row}
              error={problem === undefined ? undefined : t(`variable_${problem}`)}
              onChange={(change) => changeRow(row.rowId, change)}
              onRemove={() => changeRows(rows.filter((known) => known.rowId !== row.rowId))}
            />
          );
        })}
      </div>
      <div className="sb-flex">
        <Button
          variant="default"
          leftSection={<IconPlus size={14} stroke={1.6} />}
          onClick={() => setRows([...rows, { rowId: crypto.randomUUID(), name: '', value: '', secret: false }])}
        >
          {t('addVariable')}
        </Button>
        <span className="sb-grow" />
        <Button
          variant="subtle"
          color="crit"
          onClick={() =>
            showUndoToast({ title: t('deleted', { name: set.name }), undoLabel: t('undo'), onUndo: removeVariableSet(set.id) })
          }
        >
          {t('deleteSet')}
        </Button>
      </div>
    </>
  );
}

function VariableRow(props: {
  readonly row: Row;
  readonly error: string | undefined;
  readonly onChange: (change: Partial<Variable>) => void;
  readonly onRemove: () => void;
}) {
  const { t } = useTranslation('rpc');
  const { row } = props;
  const Value = row.secret ? PasswordInput : TextInput;
  return (
    <div className="sb-rpc-variable">
      <TextInput
        aria-label={t('variableName')}
        placeholder={t('variableName')}
        classNames={{ input: 'sb-mono' }}
        value={row.name}
        error={props.error}
        autoComplete="off"
        onChange={(event) => props.onChange({ name: event.currentTarget.value })}
      />
      <Value
        aria-label={t('variableValue', { name: row.name })}
        placeholder={t('value')}
        autoComplete="off"
        value={row.value}
        onChange={(event) => props.onChange({ value: event.currentTarget.value })}
      />
      <Checkbox label={t('secret')} checked={row.secret} onChange={(event) => props.onChange({ secret: event.currentTarget.checked })} />
      <IconButton label={t('removeElement', { name: row.name })} onClick={props.onRemove}>
        <IconTrash size={14} stroke={1.6} />
      </IconButton>
    </div>
  );
}

function problemOf(row: Row, rows: readonly Row[]): 'bad-name' | 'twice' | undefined {
  if (!variableSchema.shape.name.safeParse(row.name).success) return 'bad-name';
  return rows.find((known) => known.name === row.name)?.rowId === row.rowId ? undefined : 'twice';
}
