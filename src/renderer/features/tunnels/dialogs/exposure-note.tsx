import type { TunnelKind } from '../../../../common/contract/tunnels.ts';
import { IconWorld, StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import type { GatewayStatus } from '../model/address.ts';

interface ExposureNoteProps {
  /** Undefined: a gateway that is no node of this cluster, or none is chosen. */
  readonly gateway: GatewayStatus | undefined;
  readonly gatewayNode: string | undefined;
  readonly turnsOn: boolean;
  readonly address: string | undefined;
  readonly target: string;
  readonly node: string;
  readonly kind: TunnelKind;
}

/** The address to be, where it leads and who will be able to reach it: before it is done. */
export function ExposureNote({ gateway, gatewayNode, turnsOn, address, target, node, kind }: ExposureNoteProps) {
  const { t } = useTranslation('tunnels');
  const exposure = gateway?.exposure ?? 'unknown';
  return (
    <div className="tu-note-box" role="note">
      {exposure === 'thisMachine' ? <StateShape kind="online" /> : <IconWorld size={14} stroke={1.6} />}
      <div>
        <b className="sb-select tu-anywhere">{address ?? t(kind === 'tcp' ? 'addressTcp' : 'addressUnknown')}</b>
        <p>{t('leadsTo', { node, target: target === '' ? '…' : target })}</p>
        <p>{t(`exposureHelp_${exposure}`)}</p>
        {turnsOn && <p>{t('turnsOnFirst', { node: gatewayNode })}</p>}
      </div>
    </div>
  );
}
