import type { FastifyInstance } from 'fastify';
import type { Bridge } from '../../app/bridge.ts';

interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** by the value of its label; a metric without one has a single value under '' */
  readonly values: Readonly<Record<string, number>>;
  readonly label?: string;
}

/** `/metrics`: how things stand, as Prometheus reads it. */
export function mountMetrics(app: FastifyInstance, bridge: Bridge, sockets: () => number): void {
  const answered = { count: 0 };
  app.addHook('onResponse', async () => {
    answered.count += 1;
  });
  app.get('/metrics', { config: { who: 'person' } }, async (_request, reply) => {
    const metrics = [...metricsOf(bridge), ...own(answered.count, sockets())];
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics.map(written).join(''));
  });
}

function metricsOf({ journal, directory, workers, messages }: Bridge): Metric[] {
  const members = directory.members();
  const unread = members.reduce((sum, { name }) => sum + messages.countUnread(name), 0);
  return [
    { name: 'bridge_members', type: 'gauge', help: 'Parties that have a name.', values: { '': members.length } },
    {
      name: 'bridge_workers',
      type: 'gauge',
      help: 'Watched panes, by what they show.',
      label: 'state',
      values: counted(workers.map(({ state }) => state ?? 'unknown')),
    },
    {
      name: 'bridge_requests_open',
      type: 'gauge',
      help: 'Requests that have no end yet, by state.',
      label: 'state',
      values: counted(journal.requests({ open: true }).map(({ state }) => state.is)),
    },
    { name: 'bridge_mail_unread', type: 'gauge', help: 'Messages that no recipient has read.', values: { '': unread } },
    {
      name: 'bridge_events_total',
      type: 'counter',
      help: 'Events in the journal.',
      values: { '': journal.newestEvent() },
    },
  ];
}

function own(answered: number, sockets: number): Metric[] {
  const { rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return [
    { name: 'bridge_http_answers_total', type: 'counter', help: 'Answers of the server.', values: { '': answered } },
    { name: 'bridge_websockets', type: 'gauge', help: 'Open WebSockets.', values: { '': sockets } },
    { name: 'process_resident_memory_bytes', type: 'gauge', help: 'Memory of the bridge.', values: { '': rss } },
    {
      name: 'process_cpu_seconds_total',
      type: 'counter',
      help: 'Processor time of the bridge.',
      values: { '': (user + system) / 1e6 },
    },
  ];
}

function counted(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function written({ name, type, help, values, label }: Metric): string {
  const lines = Object.entries(values).map(([value, number]) =>
    label === undefined ? `${name} ${number}` : `${name}{${label}="${value.replace(/["\\\n]/g, '\\$&')}"} ${number}`,
  );
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}
