import { type FormEvent, useState } from 'react';
import { Autocomplete, Button } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { addSubscription } from '../acts.ts';
import { useEvents } from '../events-state.ts';

const suggestedTopics = 12;

/** The field for a new subscription: completion from the topics the node has seen, and what the wildcards mean. */
export function AddSubscription({ topics }: { readonly topics: readonly string[] }) {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  const [topic, setTopic] = useState('');
  const [problem, setProblem] = useState<string>();
  const close = () => useEvents.setState({ adding: false });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setProblem(addSubscription(topic.trim()));
  };
  return (
    <form className="sb-events-add" onSubmit={submit}>
      <Autocomplete
        label={t('addTopic')}
        description={t('addHelp')}
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        placeholder={t('addPlaceholder')}
        data={[...topics]}
        limit={suggestedTopics}
        value={topic}
        onChange={(next) => {
          setTopic(next);
          setProblem(undefined);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') close();
        }}
        error={problem}
        classNames={{ input: 'sb-mono' }}
        spellCheck={false}
        autoFocus
      />
      <div className="sb-flex">
        <Button type="submit" disabled={topic.trim() === ''}>
          {t('add')}
        </Button>
        <Button variant="default" onClick={close}>
          {common('cancel')}
        </Button>
      </div>
    </form>
  );
}
