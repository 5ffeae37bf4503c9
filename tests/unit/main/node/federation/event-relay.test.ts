import { expect, test } from 'vitest';
import type { CarrierKind } from '../../../../../src/common/contract/nodes.ts';
import { EventRelay } from '../../../../../src/main/node/federation/event-relay.ts';
import { federationLimits } from '../../../../../src/main/node/federation/limits.ts';
import type { Subscriber } from '../../../../../src/main/node/router/index.ts';
import { Turn } from '../../../../../src/main/node/router/turn.ts';
import { endOfTurn } from '../../../../helpers/router-fixture.ts';

/** A relay whose followers are reached as a test says. */
function open(ways: Record<string, CarrierKind>) {
  const published: unknown[] = [];
  const sent: (readonly string[])[] = [];
  const slow = new Set<string>();
  let subscriber: Subscriber | undefined;
  const relay = new EventRelay({
    subscribe: (to) => {
      subscriber = to;
      return Promise.resolve();
    },
    unsubscribe: () => undefined,
    publish: (topic, texts, readers) => void published.push([topic, ...texts, readers]),
    send: (nodeId, texts) => void sent.push([nodeId, ...texts]),
    wayTo: (nodeId) => ways[nodeId],
    congested: (nodeId = 'broker') => slow.has(nodeId),
    turn: new Turn(),
  });
  const emit = async (...events: readonly (readonly [topic: string, text: string])[]) => {
    for (const [topic, text] of events) subscriber?.deliver({ message: { topic }, text, sizeBytes: text.length } as never);
    await endOfTurn();
  };
  return { relay, ways, published, sent, slow, emit };
}

test('an event goes to each linked follower, and to the broker once when somebody is reached there', async () => {
  const { relay, ways, published, sent, emit } = open({ linked: 'link', behind: 'relay', far: 'mqtt' });
  for (const origin of ['linked', 'behind', 'far']) relay.follow(origin, 'secure', '/site/#');
  relay.follow('linked', 'secure', '/site/a');
  await emit(['/site/a', '1'], ['/site/a', '2']);
  expect(sent).toEqual([
    ['linked', '1', '2'],
    ['behind', '1', '2'],
  ]);
  expect(published).toEqual([['/site/a', '1', '2', { secure: true, unsigned: undefined }]]);
  ways.far = 'link';
  relay.follow('person', 'bare', '/site/b');
  await emit(['/site/b', '3']);
  expect([sent.length, published.slice(1)]).toEqual([5, [['/site/b', '3', { secure: false, unsigned: 'bare' }]]]);
});

test('row 12: of each topic the newest event is kept for a follower that does not read, and the others are served', async () => {
  const { relay, sent, slow, emit } = open({ slow: 'link', quick: 'link' });
  for (const origin of ['slow', 'quick']) relay.follow(origin, 'secure', '/site/#');
  slow.add('slow');
  await emit(['/site/a', '1'], ['/site/a', '2'], ['/site/b', '3']);
  await emit(['/site/a', '4']);
  expect([sent.filter(([to]) => to === 'quick').length, relay.dropped]).toEqual([3, 2]);
  relay.drained('slow');
  expect(sent.some(([to]) => to === 'slow')).toBe(false);
  slow.delete('slow');
  relay.drained('slow');
  relay.drained('slow');
  expect(sent.filter(([to]) => to === 'slow')).toEqual([['slow', '4', '3']]);
});

test('what is kept for a follower that does not read is bounded, and goes with it', async () => {
  const { relay, sent, slow, emit } = open({ slow: 'link' });
  relay.follow('slow', 'secure', '/site/#');
  slow.add('slow');
  await emit(...Array.from({ length: federationLimits.heldTopics + 5 }, (_, index) => [`/site/${index}`, 'x'] as const));
  expect(relay.dropped).toBe(5);
  relay.lost('slow');
  slow.delete('slow');
  relay.drained('slow');
  expect(sent).toEqual([]);
});
