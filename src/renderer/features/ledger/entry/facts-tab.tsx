import { JsonView } from '../../../design/data/json-view.tsx';
import { StateLabel } from '../../../design/icons/index.ts';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatTime } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { mayNow } from '../../shared/rights.ts';
import { detailsState, saidAsJson } from '../model/proof.ts';
import { actorWord, actWord, numberWord, outcomeWord, signatureShapes } from '../words.ts';
import type { EntryTabProps } from './entry-tab-props.ts';

/** Who, what, when, with which result, and what was passed where it may be read. */
export function FactsTab({ detail, context }: EntryTabProps) {
  const { t } = useTranslation('ledger');
  const { entry } = detail;
  const said = saidAsJson(entry);
  const actor = actorWord(entry, useNodeNames());
  return (
    <ScrollArea label={t('tab_entry')}>
      <section className="sb-sec le-facts">
        <KeyValues
          items={[
            [t('fact_at'), formatTime(entry.at, { milliseconds: true })],
            [t('fact_chain'), entry.chainName],
            [t('fact_number'), numberWord(entry.number)],
            [t('fact_actor'), entry.roles.length === 0 ? actor : t('actorWithRoles', { actor, roles: entry.roles.join(', ') })],
            [t('fact_via'), entry.via === '' ? '–' : entry.via],
            [
              t('fact_act'),
              <span key="act" className="sb-mono">
                {entry.act}
              </span>,
            ],
            ...(entry.kind === 'act' ? [] : [[t('fact_kind'), actWordOrKind(context.t, entry)] as const]),
            [t('fact_target'), entry.target ?? '–'],
            [
              t('fact_outcome'),
              entry.outcome === 'done' ? (
                outcomeWord(context.t, entry)
              ) : (
                <StateLabel key="outcome" kind="failed">
                  {outcomeWord(context.t, entry)}
                </StateLabel>
              ),
            ],
            ...(entry.text === null || said !== undefined
              ? []
              : [[t(entry.kind === 'note' ? 'fact_note' : 'fact_text'), entry.text] as const]),
            [
              t('fact_signature'),
              <StateLabel key="signature" kind={signatureShapes[entry.signature]}>
                {t(`signature_${entry.signature}`)}
              </StateLabel>,
            ],
          ]}
        />
      </section>
      {said !== undefined && (
        <section className="sb-sec">
          <h3 className="sb-h">{t('said')}</h3>
          <JsonView label={t('said')} text={said} />
        </section>
      )}
      <Details detail={detail} context={context} />
    </ScrollArea>
  );
}

function actWordOrKind(t: EntryTabProps['context']['t'], entry: EntryTabProps['detail']['entry']): string {
  return entry.kind === 'refusal' ? t('kind_refusal') : actWord(t, entry);
}

/** What was passed, without secrets; else why it is not here, and what the entry holds of it. */
function Details({ detail, context }: EntryTabProps) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const { entry, details } = detail;
  const isAdmin = mayNow({ ...context.rights, connected: true }, 'admin');
  const state = detailsState(detail, entry.chainId === context.ownId, isAdmin);
  return (
    <section className="sb-sec">
      <h3 className="sb-h">{t('details')}</h3>
      {state === 'shown' ? (
        <JsonView label={t('details')} text={JSON.stringify(details?.params, null, 2) ?? 'null'} />
      ) : (
        <p className="sb-2 le-text">{t(`details_${state}`, { name: entry.chainName, role: common('role_admin') })}</p>
      )}
      {entry.detailsDigest !== null && (
        <dl className="sb-kv le-hashes">
          <dt>{t('fact_detailsDigest')}</dt>
          <dd className="sb-mono sb-select">{entry.detailsDigest}</dd>
          {details !== null && (
            <>
              <dt>{t('fact_salt')}</dt>
              <dd className="sb-mono sb-select">{details.salt}</dd>
            </>
          )}
        </dl>
      )}
    </section>
  );
}
