import type { Command } from 'commander';
import type { EventMessage } from '../../../common/wire/messages.ts';
import { type CommandContext, contextOf, whenAborted, withCommonOptions } from '../command-context.ts';
import type { CliIo } from '../io.ts';
import { formatTime } from '../output.ts';
import { positiveInteger } from './call.ts';

/** `signalbox subscribe TOPIC` */
export function addSubscribeCommand(program: Command, io: CliIo): void {
  withCommonOptions(program.command('subscribe <topic>'))
    .description('print the events of a topic as they come, until Ctrl-C; + matches one level, # the rest')
    .option('--count <n>', 'stop after that many events', positiveInteger)
    .action(async (topic: string, options: { readonly count?: number }, command: Command) => {
      const context = contextOf(command, io);
      await printEvents(context, topic, options.count ?? Number.POSITIVE_INFINITY, (event) => {
        if (context.out.json) context.out.jsonLine(event);
        else context.out.line(eventLine(event));
      });
    });
}

/** Hands events of a topic to `print` until there were `count`, or Ctrl-C. What was lost on the way is said on stderr. */
export function printEvents(context: CommandContext, topic: string, count: number, print: (event: EventMessage) => void): Promise<void> {
  return context.withNode(async (client, signal) => {
    const subscription = client.subscribe(topic);
    const read = async () => {
      await subscription.ready;
      let left = count;
      for await (const event of subscription) {
        if (event.meta.dropped !== undefined && event.meta.dropped > 0)
          context.out.note(`${event.meta.dropped} events of ${event.topic} were dropped`);
        print(event);
        if (--left <= 0) return;
      }
    };
    try {
      await Promise.race([read(), whenAborted(signal)]);
    } finally {
      subscription.dispose();
      if (subscription.dropped > 0) context.out.note(`${subscription.dropped} events were dropped here: the output is too slow for them`);
    }
  });
}

function eventLine(event: EventMessage): string {
  return `${formatTime(event.timestamp)}  ${event.topic}  ${event.status === 'error' ? 'error  ' : ''}${JSON.stringify(event.data)}`;
}
