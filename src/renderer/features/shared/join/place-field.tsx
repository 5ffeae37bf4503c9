import { useEffect, useId } from 'react';
import { Radio, TextInput } from '../../../design/controls/index.ts';
import { StateLabel, StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useCall } from '../../../state/use-call.ts';
import { isAddress } from './model/address.ts';
import { groupNearby, type NearbyGroup } from './model/nearby.ts';

/** `any`: whichever node nearby knows the code. `nearby`: an address of the list. `typed`: one typed by hand. */
export type Place =
  | { readonly kind: 'any' }
  | { readonly kind: 'nearby'; readonly address: string }
  | { readonly kind: 'typed'; readonly address: string };

const nearbyEveryMs = 2_000;

/** The address of a choice; undefined for `any`. */
export function addressOf(place: Place): string | undefined {
  return place.kind === 'any' ? undefined : place.address.trim();
}

export function isPlaceRight(place: Place): boolean {
  return place.kind !== 'typed' || isAddress(place.address);
}

/** Nodes found on this network, and an address typed by hand. */
export function PlaceField(props: {
  readonly label: string;
  readonly place: Place;
  readonly onChange: (place: Place) => void;
  /** Offers to try every node nearby: for a code, which only one of them knows. */
  readonly anyNearby: boolean;
  readonly sent: boolean;
}) {
  const { t } = useTranslation('join');
  const { place, onChange, anyNearby, sent } = props;
  const name = useId();
  const { state } = useCall('membership.nearby', {}, { pollMs: nearbyEveryMs });
  const answer = state.kind === 'ready' || state.kind === 'stale' ? state.data : undefined;
  const nodes = answer?.nodes ?? [];
  const offered = anyNearby ? nodes : nodes.filter(({ takesRequests }) => takesRequests);
  const nothing = answer !== undefined && offered.length === 0;
  // With nobody nearby there is only one way, and nothing to choose.
  useEffect(() => {
    if (nothing && place.kind === 'any') onChange({ kind: 'typed', address: '' });
  }, [nothing, place.kind, onChange]);
  return (
    <fieldset className="jn-place">
      <legend>{props.label}</legend>
      {answer === undefined && (
        <p className="sb-3 sb-flex" role="status">
          <StateShape kind="running" />
          {t('nearbyLooking')}
        </p>
      )}
      {nothing && <p className="sb-3">{nearbyWords(t, answer)}</p>}
      {offered.length > 0 && (
        <ul className="jn-nearby">
          {anyNearby && (
            <li>
              <Radio
                name={name}
                checked={place.kind === 'any'}
                onChange={() => onChange({ kind: 'any' })}
                label={
                  <>
                    {t('anyNearby')} <span className="sb-3">{t('anyNearbyDetail')}</span>
                  </>
                }
              />
            </li>
          )}
          {groupNearby(offered).map((node) => (
            <li key={node.addresses[0]}>
              <Radio
                name={name}
                checked={place.kind === 'nearby' && node.addresses.includes(place.address)}
                onChange={() => onChange({ kind: 'nearby', address: node.addresses[0] })}
                label={<NearbyWords node={node} />}
              />
            </li>
          ))}
          <li>
            <Radio
              name={name}
              checked={place.kind === 'typed'}
              onChange={() => onChange({ kind: 'typed', address: place.kind === 'nearby' ? place.address : '' })}
              label={t('otherAddress')}
            />
          </li>
        </ul>
      )}
      {offered.length > 0 && <p className="sb-3">{t('nearbyHint')}</p>}
      {place.kind === 'typed' && (
        <TextInput
          label={t('address')}
          description={t('addressHelp')}
          className="jn-address"
          autoComplete="off"
          spellCheck={false}
          value={place.address}
          error={sent && !isPlaceRight(place) ? <StateLabel kind="failed">{t('addressWrong')}</StateLabel> : undefined}
          onChange={(event) => onChange({ kind: 'typed', address: event.currentTarget.value })}
        />
      )}
    </fieldset>
  );
}

function NearbyWords({ node }: { readonly node: NearbyGroup }) {
  const { t } = useTranslation('join');
  return (
    <>
      <b>{node.name}</b> <span className="sb-mono sb-3">{node.shortId}</span>{' '}
      <span className="sb-2">{node.cluster === null ? t('nearbyNoCluster') : t('nearbyCluster', { cluster: node.cluster })}</span>{' '}
      <span className="sb-mono sb-3" title={node.addresses.join('\n')}>
        {node.addresses[0]}
      </span>
      {node.addresses.length > 1 && <span className="sb-3"> {t('moreAddresses', { count: node.addresses.length - 1 })}</span>}
    </>
  );
}

function nearbyWords(
  t: ReturnType<typeof useTranslation<'join'>>['t'],
  answer: { readonly state: 'on' | 'off' | 'failed'; readonly detail: string | null },
) {
  if (answer.state === 'off') return t('nearbyOff');
  if (answer.state === 'failed') return t('nearbyFailed', { detail: answer.detail ?? '' });
  return t('nearbyNone');
}
