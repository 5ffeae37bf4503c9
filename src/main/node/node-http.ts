/** The HTTP listener of a node and its place among the parts. */
import { join } from 'node:path';
import { AttemptLimiter } from './accounts/index.ts';
import { consoleCertificate } from './console-certificate.ts';
import { HttpListener, type HttpListenerOptions } from './http/index.ts';
import { HttpPart } from './http-part.ts';
import { isLoopback } from './loopback.ts';
import type { Foundation } from './node-foundation.ts';
import { stateOf } from './services/node.ts';
import { version } from './version.ts';

type HttpNeeds = Pick<HttpListenerOptions, 'router' | 'accounts' | 'sessions' | 'setupLinks' | 'metrics' | 'audit'>;

export function createHttp(foundation: Foundation, needs: HttpNeeds): { readonly http: HttpListener; readonly part: HttpPart } {
  const { options, config, logs, problems } = foundation;
  const [host, port] = [config.get('http.host'), config.get('http.port')];
  const http = createListener(foundation, needs);
  const part = new HttpPart({
    http,
    enabled: config.get('http.enabled'),
    required: options.mode === 'headless',
    host,
    port,
    plainBeyondLoopback: config.get('http.tls') === 'off' && !isLoopback(host),
    problems,
    logger: logs.logger('node'),
  });
  return { http, part };
}

function createListener({ options, dataFolder, config, identity, secrets, logs, problems }: Foundation, needs: HttpNeeds): HttpListener {
  const certificate = consoleCertificate({ dataFolder, config, secrets, logs, problems });
  const attempts = config.get('http.maxSignInAttemptsPerMinute');
  return new HttpListener({
    ...needs,
    host: config.get('http.host'),
    port: config.get('http.port'),
    ...(certificate !== undefined && { certificate }),
    allowPlain: config.get('http.tls') === 'off',
    allowedHosts: config.get('http.allowedHosts'),
    attempts: new AttemptLimiter({ address: { attempts, windowSeconds: 60 }, username: { attempts, windowSeconds: 60 } }),
    logger: logs.logger('http'),
    ...(options.consoleFolder !== undefined && { consoleFolder: options.consoleFolder }),
    nodeId: identity.nodeId,
    cliTokenFile: join(dataFolder, 'cli.token'),
    status: () => ({ state: stateOf(problems), name: config.get('node.name'), version }),
  });
}
