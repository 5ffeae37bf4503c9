import type { ReactNode } from 'react';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { copyText } from '../../../design/copy-text.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { IconCopy } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';

/** What a machine reads, with a button that copies it. */
export function Copyable(props: { readonly text: string; readonly label: string; readonly children?: ReactNode }) {
  const { t } = useTranslation('common');
  const copy = () => void copyText(props.text).then((done) => done && showToast({ title: t('copied') }));
  return (
    <span className="tr-copyable">
      <span className="sb-mono sb-select sb-clip" title={props.text}>
        {props.children ?? props.text}
      </span>
      <IconButton label={props.label} onClick={copy}>
        <IconCopy size={14} stroke={1.6} />
      </IconButton>
    </span>
  );
}
