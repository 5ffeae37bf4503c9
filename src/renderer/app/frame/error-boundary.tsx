import { Component, type ReactNode } from 'react';
import { Button } from '../../design/controls/index.ts';
import { ErrorPanel } from '../../design/feedback/states.tsx';
import { i18next } from '../../i18n/index.ts';

interface Props {
  /** A change of it opens the view afresh. */
  readonly resetKey: string;
  readonly children: ReactNode;
}

/** A fault in one view leaves the frame and the other views alone. */
export class ErrorBoundary extends Component<Props, { readonly error: Error | undefined }> {
  override state: { readonly error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidUpdate(before: Props): void {
    if (before.resetKey !== this.props.resetKey && this.state.error !== undefined) this.setState({ error: undefined });
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    const t = i18next.getFixedT(null, 'frame');
    return (
      <ErrorPanel
        title={t('viewFailed')}
        meaning={t('viewFailedMeaning')}
        facts={[[this.state.error.name, this.state.error.message]]}
        acts={<Button onClick={() => this.setState({ error: undefined })}>{t('reload')}</Button>}
      />
    );
  }
}
