import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { machineLimits } from '../../../../../../src/main/node/broker/machine/index.ts';
import { protocolLimits } from '../../../../../../src/main/node/broker/protocol/index.ts';

const page = readFileSync(new URL('../../../../../../docs/broker-protocol.md', import.meta.url), 'utf8');
const inEnglish = (value: number): string => value.toLocaleString('en-US');
const mebibytes = (value: number): string => `${value / 1_048_576} MiB`;

it.each([
  `| frame of a client, of a broker | ${mebibytes(protocolLimits.frameBytes)} |`,
  `| header of a binary frame | ${inEnglish(protocolLimits.headerBytes)} bytes |`,
  `| line in line mode | ${mebibytes(protocolLimits.lineBytes)} |`,
  `| nesting, keys of a JSON frame | ${protocolLimits.jsonDepth}, ${inEnglish(protocolLimits.jsonKeys)} |`,
  `| ${inEnglish(machineLimits.batchMessages)}, ${mebibytes(machineLimits.messageBytes)} + ${(machineLimits.batchBytes - machineLimits.messageBytes) / 1_024} KiB |`,
  `| data of a message | ${mebibytes(machineLimits.messageBytes)} (`,
  `| ${machineLimits.keyCharacters} characters; ${machineLimits.headers} of them, name ${machineLimits.headerNameCharacters} and value ${inEnglish(machineLimits.headerValueCharacters)} characters, ${machineLimits.headersBytes / 1_024} KiB together |`,
  `| ${protocolLimits.answerMessages}, ${mebibytes(protocolLimits.answerBytes)};`,
  `| \`wait_ms\` | ${inEnglish(protocolLimits.waitMs)} |`,
  `| \`filter\` | ${protocolLimits.filterCharacters} characters |`,
  `The last ${machineLimits.requestsPerClient} ids of each client`,
  `A queue remembers ${inEnglish(machineLimits.producersPerQueue)} producers, for ${machineLimits.producerIdleMs / 3_600_000} hours`,
  `last ${machineLimits.rangesPerProducer} runs of messages`,
  `at most ${inEnglish(machineLimits.bundleCommands)} commands`,
  `of at most ${machineLimits.blockMessages} messages`,
])('the page of the protocol says: %s', (text) => {
  expect(page.replaceAll('\n', ' ')).toContain(text);
});
