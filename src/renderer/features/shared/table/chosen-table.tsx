import { type ReactNode, useMemo, useState } from 'react';
import type { Action } from '../../../app/actions/registry.ts';
import { GridCells } from '../../../design/data/grid-cells.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { RowTable } from './row-table.tsx';
import { SelectionFoot } from './selection-foot.tsx';
import { orderRows, type TableColumn, type TableOrder } from './table-model.ts';

export interface ChosenColumn<Row, Id extends string = string> extends TableColumn<Row, Id> {
  readonly title: string;
  /** What the short title stands for, as a tooltip. */
  readonly hint?: string;
  readonly cell: (row: Row) => ReactNode;
}

interface ChosenTableProps<Row, Id extends string> {
  /** Id of the element around the table. */
  readonly id: string;
  readonly label: string;
  /** The first one is the order at first. */
  readonly columns: readonly ChosenColumn<Row, Id>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly nameOf: (row: Row) => string;
  readonly actionsOf: (row: Row) => readonly Action[];
  /** What can be done without a row. */
  readonly acts?: ReactNode;
}

/** A table of some dozens of rows that nothing stands beside: one row chosen, with what can be done with it at the foot and in its menu. */
export function ChosenTable<Row, Id extends string>(props: ChosenTableProps<Row, Id>) {
  const { columns, rows, keyOf, nameOf, actionsOf, acts } = props;
  const { t: common } = useTranslation('common');
  const [order, setOrder] = useState<TableOrder>({ column: columns[0]?.id ?? '', descending: false });
  const [chosenKey, setChosenKey] = useState<string>();
  // The functions are made anew at each drawing and say the same; rows are new with each answer.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const sorted = useMemo(() => orderRows<Row, string>({ columns, keyOf, nameOf }, rows, order), [rows, order]);
  const chosen = sorted.find((row) => keyOf(row) === chosenKey);
  return (
    <>
      <RowTable<Row, ChosenColumn<Row, string>, string>
        id={props.id}
        label={props.label}
        columns={columns}
        headOf={({ title, hint }) => ({ title, ...(hint !== undefined && { hint }) })}
        rows={sorted}
        keyOf={keyOf}
        order={order}
        onOrder={setOrder}
        renderRow={(row, shown) => <GridCells columns={shown} cell={({ cell }) => cell(row)} />}
        selected={chosenKey}
        onOpen={(row) => setChosenKey(keyOf(row))}
        follows
        menuOf={(row) => ({ name: nameOf(row), actions: actionsOf(row) })}
      />
      {chosen === undefined ? (
        <section className="sb-foot" aria-label={common('selection')}>
          <span className="sb-3">{common('chooseRow')}</span>
          <span className="sb-grow" />
          {acts}
        </section>
      ) : (
        <SelectionFoot name={nameOf(chosen)} actions={actionsOf(chosen)} note={acts} />
      )}
    </>
  );
}
