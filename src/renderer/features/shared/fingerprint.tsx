import './fingerprint.css';
import './membership-texts.ts';
import { QrCode } from '../../design/data/qr-code.tsx';
import { useTranslation } from '../../i18n/index.ts';

/** The key of a node as people compare it: eight words to read out, the same in hex, and the node id for a camera. */
export function Fingerprint(props: {
  readonly name: string;
  readonly nodeId: string;
  readonly words: readonly string[];
  readonly hex: string;
  /** One below the other, for an inspector. */
  readonly narrow?: boolean;
}) {
  const { t } = useTranslation('membership');
  const { name, nodeId, words, hex } = props;
  return (
    <div className={props.narrow === true ? 'fp narrow' : 'fp'}>
      <div>
        <FingerprintWords name={name} words={words} />
        <p className="sb-mono sb-select fp-hex">{hex}</p>
        <p className="sb-3 fp-help">{t('fingerprintHelp')}</p>
      </div>
      <QrCode text={nodeId} label={t('fingerprintQr', { name })} />
    </div>
  );
}

/** The words alone, to be read out. */
export function FingerprintWords({ name, words }: { readonly name: string; readonly words: readonly string[] }) {
  const { t } = useTranslation('membership');
  return (
    <ol className="fp-words sb-select" aria-label={t('fingerprintWords', { name })}>
      {words.map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a word may stand twice, and the places never change
        <li key={index}>{word}</li>
      ))}
    </ol>
  );
}
