import { type FormEvent, useState } from 'react';
import { Autocomplete, Button } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { addSubscription } from '../acts.ts';
import { useEvents } from '../events-state.ts';
import { suggestTopics } from '../model/topic-words.ts';

const suggestedTopics = 12;

interface AddSubscriptionProps {
  /** Topics that the own node has seen. */
  readonly own: readonly string[];
  /** What is known of another node's. */
  readonly topicsOf: (nodeId: string) => readonly string[];
}

/** The field for a new subscription: completion of topics and node names, and what the wildcards mean. */
export function AddSubscription({ own, topicsOf }: AddSubscriptionProps) {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  const [topic, setTopic] = useState('');
  const [problem, setProblem] = useState<string>();
  const nodes = useCluster((state) => state.nodes);
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
        data={[...suggestTopics(topic, { own, nodes, topicsOf })]}
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
