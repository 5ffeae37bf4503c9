import { type FormEvent, useState } from 'react';
import { Button, SegmentedControl } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { CodeField, type CodeState } from './code-field.tsx';
import { type ChosenFile, FileField } from './file-field.tsx';
import { groupTyped } from './model/typed-code.ts';
import { addressOf, isPlaceRight, type Place, PlaceField } from './place-field.tsx';
import type { JoinOrder } from './use-joining.ts';

const ways = ['code', 'file', 'ask'] as const;
export type Way = (typeof ways)[number];

/** What was typed so far; kept while an attempt runs, so that a failure costs nobody the code. */
export interface JoinDraft {
  readonly way: Way;
  readonly code: string;
  readonly place: Place;
  readonly file: ChosenFile | undefined;
}

export const emptyDraft: JoinDraft = { way: 'code', code: '', place: { kind: 'any' }, file: undefined };

/** With a code, with an invite file, or by asking. */
export function JoinForm(props: {
  readonly draft: JoinDraft;
  readonly onDraft: (draft: JoinDraft) => void;
  readonly onCancel: () => void;
  readonly onJoin: (order: JoinOrder) => void;
}) {
  const { t } = useTranslation('join');
  const { t: common } = useTranslation('common');
  const { draft, onDraft } = props;
  const { way, code, place, file } = draft;
  const [codeState, setCodeState] = useState<CodeState>('unfinished');
  const [sent, setSent] = useState(false);
  const order = orderOf(draft, codeState);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (order !== undefined) props.onJoin(order);
  };
  return (
    <form className="jn-form" onSubmit={submit} noValidate>
      <SegmentedControl
        aria-label={t('way')}
        fullWidth
        data={ways.map((value) => ({ value, label: t(`way_${value}`) }))}
        value={way}
        onChange={(value) => {
          setSent(false);
          const chosen = ways.find((known) => known === value) ?? 'code';
          onDraft({ ...draft, way: chosen, place: chosen === 'ask' && place.kind === 'any' ? { kind: 'typed', address: '' } : place });
        }}
      />
      <p className="sb-2 jn-help">{t(`way_${way}Help`)}</p>
      {way === 'code' && (
        <CodeField
          value={code}
          sent={sent}
          onChange={(value, state) => {
            setCodeState(state);
            if (value !== code) onDraft({ ...draft, code: value });
          }}
          onInvitation={({ code: pasted, addresses: [address = ''] }) =>
            onDraft({ ...draft, code: groupTyped(pasted), place: { kind: 'typed', address } })
          }
        />
      )}
      {way === 'file' && <FileField file={file} onChange={(next) => onDraft({ ...draft, file: next })} />}
      {way !== 'file' && (
        <PlaceField
          key={way}
          label={t(way === 'code' ? 'place' : 'placeAsk')}
          place={place}
          anyNearby={way === 'code'}
          sent={sent}
          onChange={(next) => onDraft({ ...draft, place: next })}
        />
      )}
      <div className="sb-flex jn-end">
        <Button variant="default" onClick={props.onCancel}>
          {common('cancel')}
        </Button>
        <Button type="submit" disabled={way === 'file' && file === undefined}>
          {t(`verb_${way}`)}
        </Button>
      </div>
    </form>
  );
}

/** What the form says, when it says enough. */
function orderOf({ way, code, place, file }: JoinDraft, codeState: CodeState): JoinOrder | undefined {
  if (way === 'file') return file === undefined ? undefined : { way, file: file.text };
  if (!isPlaceRight(place)) return undefined;
  const address = addressOf(place);
  if (way === 'code') return codeState === 'right' ? { way, code, address } : undefined;
  return address === undefined ? undefined : { way, address };
}
