import { expect, test } from 'vitest';
import { compileRequestFilter } from '../../../../../../src/main/node/tunnel/inspector/request-filter.ts';
import { begin, bodies, complete, inspectorOf, listed } from './watched.ts';

async function some() {
  const { inspector, observer } = inspectorOf(bodies);
  complete(begin(observer, { path: '/api/orders?status=open' }), 200, '{"order":7}');
  complete(begin(observer, { method: 'POST', path: '/api/orders', remoteAddress: '198.51.100.4' }), 500, 'no room');
  complete(begin(observer, { path: '/style.css', headers: ['Host', 'www.example'] }), 404);
  begin(observer, { path: '/events' }).responseHead({ status: 200, headers: [] });
  begin(observer, { path: '/gone' }).ended({ kind: 'reset', code: 'broken', reason: 'The service closed the connection.' }, []);
  return inspector;
}

test.each([
  ['', ['/api/orders?status=open', '/api/orders', '/style.css', '/events', '/gone']],
  ['status>=400', ['/api/orders', '/style.css']],
  ['status=5xx', ['/api/orders']],
  ['status!=4xx', ['/api/orders?status=open', '/api/orders', '/events']],
  ['status<404 !open', ['/api/orders?status=open']],
  ['path~/API method=post', ['/api/orders']],
  ['method!=GET', ['/api/orders']],
  ['open', ['/events']],
  ['error', ['/gone']],
  ['error~"closed the"', ['/gone']],
  ['host=www.example', ['/style.css']],
  ['from=198.51.100.4', ['/api/orders']],
  ['body~order', ['/api/orders?status=open']],
  ['body!~order !error !open', ['/api/orders', '/style.css']],
  ['duration>=0', ['/api/orders?status=open', '/api/orders', '/style.css', '/gone']],
  ['duration>2min', []],
  ['size>5B', ['/api/orders?status=open', '/api/orders']],
  ['sent>1kB', []],
  ['orders !post', ['/api/orders?status=open']],
  ['"closed the connection"', ['/gone']],
  ['path="/api/orders"', ['/api/orders']],
  ['path~status=open', ['/api/orders?status=open']],
  ['tunnel=press-07 kind=http style', ['/style.css']],
])('%s', async (filter, paths) => {
  const { requests } = await listed(await some(), filter);
  expect(requests.map(({ path }) => path).toSorted()).toEqual(paths.toSorted());
});

test.each([
  ['status>', 7, 'a value is missing after status>'],
  ['open state=200', 5, 'there is no state; there are status, duration'],
  ['status>=soon', 8, 'soon is no number; write 404 or 5xx'],
  ['duration>5km', 9, '5km is no number; write 200, 200ms or 2s'],
  ['status~4', 7, 'a number is compared with'],
  ['path>4', 5, 'a text is compared with'],
  ['body=4', 5, 'a body is searched with body~text'],
  ['path~"a', 5, 'a quote is not closed'],
  ['ok "a', 3, 'a quote is not closed'],
  ['>=400', 0, 'a name such as status is missing before >='],
  ['!', 0, 'a word or a condition is expected'],
  ['a '.repeat(33), 64, 'it has more than 32 terms'],
])('%s is refused at its position', (filter, position, why) => {
  expect(() => compileRequestFilter(filter)).toThrow(
    expect.objectContaining({ code: 'INVALID_PARAMS', data: { position }, message: expect.stringContaining(why) }),
  );
});
