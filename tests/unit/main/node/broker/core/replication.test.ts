import { expect, test } from 'vitest';
import { CoreGroup, configurationOf, texts } from '../../../../../helpers/core-group.ts';

test('what is proposed to the leader is committed on every broker, in one order', () => {
  const group = new CoreGroup(configurationOf('B-AAAAA', 'B-BBBBB', 'B-CCCCC'));
  group.elect();
  for (let at = 0; at < 100; at++) expect(group.propose(`${at}`)).toMatchObject({ accepted: true });
  group.advance(1_000);
  for (const host of group.hosts.values()) expect(texts(host.committed)).toEqual(Array.from({ length: 100 }, (_, at) => `${at}`));
});
