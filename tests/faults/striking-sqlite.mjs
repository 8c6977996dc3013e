// SQLite as the bridge has it, which strikes at one commit: just before it, so that nothing of it is written, or just
// after it, before its effect. An order comes in FAULT_ORDER at the start, or as a message later:
//   {"step": 3 | "delivery-typed" | "memory", "when": "before" | "after", "record": FILE,
//   "acts": [{"kill": PID} | {"run": [ARGV]}], "self": true}
// {"measure": true} is answered with the size of the heap after a collection.
// Every act is done, and the process is gone, before the next instruction of the bridge.
import { spawnSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { getHeapCodeStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DatabaseSync as RealDatabase } from '@photostructure/sqlite';

export * from '@photostructure/sqlite';

let order = JSON.parse(process.env.FAULT_ORDER ?? 'null');
delete process.env.FAULT_ORDER;
let commits = 0;
/** what the transaction under way has appended to the events */
let kinds = [];

process.on('message', (message) => {
  if (message.measure) return measure();
  order = message;
  commits = 0;
  process.send({ armed: true });
});
// the bridge ends when it wants to
process.channel?.unref();

/** What the process holds once everything is collected that can be; what V8 has compiled of it is told apart. */
function measure() {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const { code_and_metadata_size: code, bytecode_and_metadata_size: bytecode } = getHeapCodeStatistics();
  const compiled = code + bytecode;
  process.send({ pid: process.pid, heap: heapUsed - compiled, compiled, rss, cpuMs: (user + system) / 1000 });
}

function strike() {
  const { acts, self, record, when } = order;
  order = null;
  // whoever waits for it finds it whole
  writeFileSync(`${record}.new`, JSON.stringify({ step: kinds.join(' + ') || 'memory', nth: commits, when }));
  renameSync(`${record}.new`, record);
  for (const { kill, run } of acts) {
    if (run) spawnSync(run[0], run.slice(1), { stdio: 'ignore', timeout: 5_000 });
    else process.kill(kill, 'SIGKILL');
  }
  if (self) process.kill(process.pid, 'SIGKILL');
}

function committing(commit) {
  commits += 1;
  const isHere = order !== null && [commits, ...(kinds.length > 0 ? kinds : ['memory'])].includes(order.step);
  const { when } = order ?? {};
  if (isHere && when === 'before') strike();
  const result = commit();
  if (isHere && when === 'after') strike();
  kinds = [];
  return result;
}

/** What begins a transaction, or begins and ends one within another, commits nothing. */
const bounds = /^(?:BEGIN|SAVEPOINT|RELEASE)\b/;

export class DatabaseSync extends RealDatabase {
  exec(sql) {
    if (sql.startsWith('BEGIN')) kinds = [];
    return sql === 'COMMIT' ? committing(() => super.exec(sql)) : super.exec(sql);
  }

  /** A write outside of a transaction is a commit of its own. */
  prepare(sql) {
    const statement = super.prepare(sql);
    const run = statement.run.bind(statement);
    const appends = sql.startsWith('INSERT INTO events');
    const write = (...values) => {
      if (!this.isTransaction) kinds = [];
      if (sql === 'COMMIT') return committing(() => run(...values));
      if (bounds.test(sql)) return run(...values);
      if (appends) kinds.push(values[1]);
      return this.isTransaction ? run(...values) : committing(() => run(...values));
    };
    Object.defineProperty(statement, 'run', { value: write });
    return statement;
  }
}
