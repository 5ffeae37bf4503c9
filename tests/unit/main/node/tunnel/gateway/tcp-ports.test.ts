import { expect, test } from 'vitest';
import { TcpPorts } from '../../../../../../src/main/node/tunnel/gateway/tcp-ports.ts';

test('an agent keeps its port, and finds it again', () => {
  const ports = new TcpPorts([20_000, 20_001, 20_002]);
  expect(ports.take('a', 0)).toBe(20_000);
  expect(ports.take('a', 0)).toBe(20_000);
  expect(ports.take('b', 0)).toBe(20_001);
  ports.release('a');
  expect(ports.take('c', 0)).toBe(20_002);
  expect(ports.take('a', 0)).toBe(20_000);
});

test('a wanted port is given when it is the gateway’s and free', () => {
  const ports = new TcpPorts([20_000, 20_001]);
  expect(ports.take('a', 20_001)).toBe(20_001);
  expect(() => ports.take('b', 20_001)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  expect(() => ports.take('b', 22)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  ports.take('b', 0);
  expect(() => ports.take('c', 0)).toThrow(expect.objectContaining({ code: 'LIMIT' }));
});

test('a port that another program has is given out last', () => {
  const ports = new TcpPorts([20_000, 20_001]);
  expect(ports.take('a', 0)).toBe(20_000);
  ports.release('a');
  ports.avoid(20_000);
  expect(ports.take('a', 0)).toBe(20_001);
  expect(ports.take('b', 0)).toBe(20_000);
});

test('an agent finds the port again that it had before the gateway was started', () => {
  const ports = new TcpPorts([20_000, 20_001]);
  ports.remember('a', 20_001);
  expect(ports.take('b', 0)).toBe(20_000);
  expect(ports.take('a', 0)).toBe(20_001);
});
