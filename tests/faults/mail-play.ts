import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { Struck } from './armed-bridge.ts';
import { type MailFault, type Writing, writingsFor } from './mail-faults.ts';
import { letterMark } from './mail-ledger.ts';
import { type MailScene, type Member, type MemberName, members } from './mail-scene.ts';
import type { Seeded } from './seeded.ts';

/** What one fault did, beside what the ledger says. */
export interface MailPlayed {
  readonly deaths: ReadonlyArray<{ readonly of: string; readonly at: Struck | null }>;
  readonly failures: readonly string[];
}

/** Strikes once in a scene at rest where everybody lives; afterwards everybody lives again. */
export async function playMailFault(scene: MailScene, fault: MailFault, random: Seeded): Promise<MailPlayed> {
  const writing = random.oneOf(writingsFor(fault));
  const to = random.oneOf(members);
  const from = random.oneOf(members.filter((one) => one !== to));
  const write = () => beginWriting(scene, writing, { to, from, random });
  switch (fault.is) {
    case 'daemon-at': {
      await scene.bridge.arm({ step: fault.step, when: fault.when, acts: [], self: true });
      const writes = write();
      await untilStruck(scene, writes.done);
      return daemonDead(scene, writes);
    }
    case 'daemon-after': {
      const writes = write();
      await delay(fault.ms);
      await scene.harness.kill();
      return daemonDead(scene, writes, null);
    }
    case 'daemon-again': {
      const writes = write();
      await delay(fault.ms);
      await scene.harness.kill();
      await scene.harness.start({ step: fault.step, when: fault.when, acts: [], self: true });
      await untilStruck(scene, writes.done);
      const again = await daemonDead(scene, writes);
      return { deaths: [{ of: 'bridge', at: null }, ...again.deaths], failures: again.failures };
    }
    case 'sender-at':
    case 'reader-at': {
      const of = fault.is === 'sender-at' ? 'sender' : 'reader';
      const kill = scene.killing(of);
      await scene.bridge.arm({ step: fault.step, when: fault.when, acts: [{ run: kill }], self: false });
      const writes = write();
      await untilStruck(scene, writes.done);
      const at = scene.bridge.struck;
      await writes.done;
      return { deaths: at === null ? [] : [{ of, at }], failures: [] };
    }
    case 'sender-after': {
      const writes = write();
      await delay(fault.ms);
      killNow(scene, 'sender');
      await writes.done;
      return { deaths: [{ of: 'sender', at: null }], failures: [] };
    }
    case 'reader-after': {
      const writes = write();
      await writes.done;
      await delay(fault.ms / 3);
      killNow(scene, 'reader');
      return { deaths: [{ of: 'reader', at: null }], failures: [] };
    }
    case 'sender-alone': {
      await scene.harness.kill();
      const order = { step: fault.step, when: fault.when, acts: [], self: true };
      const letter = scene.letter([to], random.next() < 0.5);
      await scene.person(['tell', to, letter.body], letter, { order });
      await startAgain(scene);
      return { deaths: [{ of: 'sender', at: null }], failures: [] };
    }
    case 'pane-at':
    case 'agent-at': {
      const victim = scene.living.get(writing === 'agent' && random.next() < 0.4 ? from : to)!;
      return memberDead(scene, victim, fault, write);
    }
    case 'tmux-at':
    case 'both-at': {
      const { tmux } = scene.living.get(to)!;
      const pid = Number(await tmux.run('display-message', '-p', '#{pid}'));
      const self = fault.is === 'both-at';
      await scene.bridge.arm({ step: fault.step, when: fault.when, acts: [{ kill: pid }], self });
      const writes = write();
      await untilStruck(scene, writes.done);
      const at = scene.bridge.struck;
      if (at === null) {
        await writes.done;
        return { deaths: [], failures: [] };
      }
      const before = [...scene.living.values()].filter((member) => member.tmux === tmux);
      for (const member of before) await scene.bury(member);
      await writes.done;
      for (const { label } of before) await scene.addMember(label);
      if (!scene.harness.isAlive) await startAgain(scene);
      for (const member of scene.living.values()) await scene.watched(member);
      return { deaths: [{ of: 'tmux', at }, ...(self ? [{ of: 'bridge', at }] : [])], failures: [] };
    }
  }
}

function killNow(scene: MailScene, of: 'sender' | 'reader'): void {
  const [shell = '', ...words] = scene.killing(of);
  spawnSync(shell, words, { stdio: 'ignore' });
}

/** What is under way. */
interface Writes {
  readonly done: Promise<void>;
}

interface Scene {
  readonly to: MemberName;
  readonly from: MemberName;
  readonly random: Seeded;
}

function beginWriting(scene: MailScene, writing: Writing, { to, from, random }: Scene): Writes {
  const wait = random.oneOf([[], ['--timeout', '0'], ['--wait', '--timeout', '20']] as const);
  const isLong = writing === 'letter' || (writing !== 'text' && random.next() < 0.4);
  const others = random.shuffled(members).slice(0, random.between(2, 3));
  const person = async () => {
    const all = writing === 'circular' || writing === 'post' ? others : [to];
    const letter = scene.letter(all, isLong);
    const args =
      writing === 'post'
        ? ['post', `plan/t${random.between(0, 2)}`, letter.body, '--to', ...all]
        : ['tell', ...all, letter.body];
    await scene.person([...args, ...wait], letter);
  };
  const work: Readonly<Record<Writing, () => Promise<void>>> = {
    text: person,
    letter: person,
    circular: person,
    post: person,
    agent: async () => {
      const letter = scene.letter([to], isLong);
      await scene.agent(scene.living.get(from)!, ['tell', to, letter.body, ...wait], letter);
    },
    tampered: async () => {
      const thread = `plan/t${random.between(0, 2)}`;
      const letter = scene.letter(others, isLong);
      const sent = scene.person(['post', thread, letter.body, '--to', ...others, ...wait], letter);
      await delay(random.between(0, 400));
      scene.tamper(thread, random);
      await sent;
      scene.tamper(thread, random);
    },
    keyed: async () => {
      const letter = scene.letter([to], isLong);
      const args = ['tell', to, letter.body, '--idempotency-key', letter.mark, ...wait];
      await scene.person(args, letter);
      await scene.person(args, letter);
    },
    acked: async () => {
      const letter = scene.letter([to], false);
      const sent = await scene.person(['tell', to, letter.body, '--wait', '--timeout', '10'], letter);
      const id = /#(\w{4})$/m.exec(sent.stdout)?.[1];
      const member = scene.living.get(to);
      if (sent.code === 0 && id !== undefined && member !== undefined) await scene.agent(member, ['ack', id], letter);
    },
    expiring: async () => {
      const member = scene.living.get(to)!;
      await member.tmux.run('kill-pane', '-t', member.paneId).catch(() => '');
      await scene.bury(member);
      const letter = scene.letter([to], isLong);
      await scene.person(['tell', to, letter.body, '--ttl', '1'], letter);
      await delay(1_000);
      await waitFor('it has expired, or the bridge has died', () => scene.isOver(letter) || !scene.harness.isAlive, {
        limitMs: 20_000,
      });
      await scene.addMember(to);
    },
    // what a person wrote cannot be replied to: one agent writes, and the other answers
    reply: async () => {
      const first = scene.letter([to], false);
      const sent = await scene.agent(
        scene.living.get(from)!,
        ['tell', to, first.body, '--wait', '--timeout', '10'],
        first,
      );
      const id = /#(\w{4})$/m.exec(sent?.stdout ?? '')?.[1];
      if (id === undefined || !scene.living.has(to)) return;
      const answer = scene.letter([from], isLong);
      await scene.agent(scene.living.get(to)!, ['reply', id, answer.body, ...wait], answer);
    },
    unsend: async () => {
      const member = scene.living.get(to)!;
      await member.perform({ busy: true }).catch(() => {});
      // the first is on its way, and the second waits behind it
      const [first, second] = [scene.letter([to], false), scene.letter([to], isLong)];
      await scene.person(['tell', to, first.body, '--timeout', '0'], first);
      const sent = await scene.person(['tell', to, second.body, '--timeout', '0'], second);
      const id = /#(\w{4})$/m.exec(sent.stdout)?.[1];
      if (id !== undefined) await scene.person(['unsend', id], null);
      await member.perform({ busy: false }).catch(() => {});
    },
    offline: async () => {
      const member = scene.living.get(to)!;
      await member.tmux.run('kill-pane', '-t', member.paneId).catch(() => '');
      await scene.bury(member);
      for (const long of [false, true, false]) {
        const letter = scene.letter([to], long);
        await scene.person(['tell', to, letter.body, '--timeout', '0'], letter);
      }
      await scene.addMember(to);
    },
  };
  return { done: work[writing]().catch((fault: unknown) => Promise.reject(new Error(`${writing}: ${fault}`))) };
}

/** Until its commit came, or all is over without it. */
async function untilStruck(scene: MailScene, done: Promise<void>): Promise<void> {
  let isDone = false;
  const finished = done.finally(() => {
    isDone = true;
  });
  while (scene.bridge.struck === null && scene.harness.isAlive) {
    if (!isDone) await Promise.race([finished, delay(60)]);
    else if ((await scene.rest(100)) !== 'stuck') return;
  }
}

/** The bridge has died of its order, or is killed now where that never came; and its successor is started. */
async function daemonDead(
  scene: MailScene,
  { done }: Writes,
  at: Struck | null = scene.bridge.struck,
): Promise<MailPlayed> {
  await scene.harness.kill();
  await startAgain(scene);
  await done;
  return { deaths: [{ of: 'bridge', at }], failures: [] };
}

async function startAgain(scene: MailScene): Promise<void> {
  await scene.harness.start();
  for (const member of scene.living.values()) await scene.watched(member);
}

/** A member's pane closes, or its program is killed; then another one comes under its name. */
async function memberDead(
  scene: MailScene,
  victim: Member,
  { is, step, when }: Extract<MailFault, { is: 'pane-at' | 'agent-at' }>,
  write: () => Writes,
): Promise<MailPlayed> {
  const ofPane = is === 'pane-at';
  const act = ofPane
    ? { run: ['tmux', '-S', victim.tmux.socketPath, 'kill-pane', '-t', victim.paneId] }
    : { kill: victim.pid };
  await scene.bridge.arm({ step, when, acts: [act], self: false });
  const writes = write();
  await untilStruck(scene, writes.done);
  const at = scene.bridge.struck;
  if (at === null) {
    await writes.done;
    return { deaths: [], failures: [] };
  }
  await scene.bury(victim);
  await writes.done;
  const failures: string[] = [];
  if (!ofPane) {
    await scene.rest(5_000);
    failures.push(...(await typedIntoShell(victim)));
    await victim.tmux.run('kill-pane', '-t', victim.paneId);
  }
  await scene.watched(await scene.addMember(victim.label));
  return { deaths: [{ of: ofPane ? 'pane' : 'agent', at }], failures };
}

/** What stands below the prompt of the shell that was left, where the dead agent's own screen ends. */
async function typedIntoShell({ tmux, paneId, label }: Member): Promise<string[]> {
  const prompted = () => tmux.run('capture-pane', '-p', '-t', paneId).then((text) => text.split('\n'));
  const rowOf = (screen: readonly string[]) => screen.findIndex((line) => /bash-[\d.]+[#$]/.test(line));
  const screen = await waitFor('its shell is there', async () => {
    const rows = await prompted();
    return rowOf(rows) < 0 ? null : rows;
  });
  const row = screen.slice(rowOf(screen)).find((line) => letterMark.test(line) || line.includes('[bridge ->'));
  return row === undefined ? [] : [`harm: mail was typed at the shell that ${label} left: ${row}`];
}
