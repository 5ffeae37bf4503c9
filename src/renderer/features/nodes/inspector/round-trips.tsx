import { useEffect, useRef } from 'react';
import { Button } from '../../../design/controls/index.ts';
import { StateLabel } from '../../../design/icons/index.ts';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatTime } from '../../../state/format.ts';
import { type Measurement, measureNode, useMeasurements } from '../measure.ts';
import { formatOffset } from '../model/clock-offset.ts';
import { bareMs } from '../node-words.ts';
import type { InspectedProps } from './use-ask.ts';

/** The way to the node and its clock, measured when a person asks. */
export function RoundTrips({ node, reachable }: InspectedProps) {
  const { t } = useTranslation('nodes');
  const measurement = useMeasurements(({ byNode }) => byNode.get(node.nodeId));
  const running = measurement?.kind === 'running';
  const section = useRef<HTMLElement>(null);
  const asked = useRef(false);
  // Measuring is an act of table, menu and palette too: whoever asked sees what comes of it.
  useEffect(() => {
    if (running || asked.current) section.current?.scrollIntoView({ block: 'nearest' });
    asked.current = running;
  }, [running]);
  return (
    <section ref={section} className="sb-sec" aria-labelledby="nd-trips">
      <div className="sb-flex nd-sec-head">
        <h3 id="nd-trips" className="sb-h">
          {t('roundTrips')}
        </h3>
        <span className="sb-grow" />
        <Button variant="default" size="xs" disabled={!reachable || running} onClick={() => void measureNode(node.nodeId)}>
          {t('act_measure')}
        </Button>
      </div>
      <div aria-live="polite">
        {measurement === undefined ? <p className="sb-3">{t('tripsNone')}</p> : <Result measurement={measurement} name={node.name} />}
      </div>
    </section>
  );
}

function Result({ measurement, name }: { readonly measurement: Measurement; readonly name: string }) {
  const { t } = useTranslation('nodes');
  const { t: common } = useTranslation('common');
  switch (measurement.kind) {
    case 'running':
      return <StateLabel kind="running">{t('measuring', { name })}</StateLabel>;
    case 'failed':
      return (
        <>
          <StateLabel kind="failed">{t('measureFailed', { name })}</StateLabel>
          <p className="sb-2 nd-note">{measurement.error.message}</p>
          <KeyValues items={[[common('error.code'), <code key="code">{measurement.error.code}</code>]]} />
        </>
      );
    case 'done': {
      const { roundTripsMs, rttMs, clockOffsetMs } = measurement.result;
      return (
        <KeyValues
          items={[
            [t('trips'), t('tripList', { list: roundTripsMs.map(bareMs).join(' · ') })],
            [t('shortest'), t('ms', { value: bareMs(rttMs) })],
            [t('fact_clock'), t('clockFact', { offset: formatOffset(clockOffsetMs) })],
            [t('measuredAt'), formatTime(measurement.atMs)],
          ]}
        />
      );
    }
  }
}
