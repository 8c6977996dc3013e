// Whether a policy rule could choose in a dialog of something that it does not name: on recorded screens, on their
// mutations, and on hostile dialogs that are drawn as the agents draw them.
import { parseRows } from '../../build/core/ansi.js';
import { asDrawn, recordedProgram, snapshotOfRecording, still } from '../../build/recordings/recording.js';
import { decide } from '../../build/requests/policy.js';
import { parsePolicy } from '../../build/requests/policy-rules.js';
import { drawDialog, drawEdit, drawnAgents, editAgents } from './drawn-dialogs.mjs';
import {
  hostileApprovals,
  hostileEdits,
  rulesForNpmTest,
  rulesForSources,
  wrappedReason,
} from './hostile-approvals.mjs';

/** The tests draw each width at each height, and try more rows. */
const sizes = [
  [60, 24],
  [100, 40],
  [200, 50],
];
const mostRows = 3;

/** What a rule that names it to the letter would choose for; null where no rule with a pattern may match. */
export function wholeSubject({ dialog }) {
  return dialog?.subject?.isWhole ? dialog.subject.text : null;
}

/** A recorded screen whose dialog is read as one of another command than the agent asks about, or where none is open. */
export function isApprovedWhenNot({ entry, reading, expected }) {
  const whole = wholeSubject(reading);
  if (whole === null) return false;
  if (entry.asks !== undefined) return whole !== asDrawn(entry.agent, entry.asks);
  return expected.states !== 'any' && !expected.states.includes('dialog');
}

/**
 * A mutation that keeps the label keeps the command: what the recording says that it was, else what was read before; one that mixes frames may show the command of either.
 * @param known every command of the agent's recorded screens
 */
export function isMutantApprovedWhenNot({ entry, reading, keepsLabel, before, known }) {
  const whole = wholeSubject(reading);
  if (whole === null) return false;
  const command = entry.asks === undefined ? before : asDrawn(entry.agent, entry.asks);
  return keepsLabel ? whole !== command : !known.has(whole);
}

/**
 * @param names the agents to draw
 * @returns { agents: { NAME: { n, approvedWhenNot } }, total, approved: names of the approved }
 */
export function scoreDrawn(names) {
  const agents = {};
  const approved = [];
  const add = (name, count) => {
    const known = agents[name] ?? { n: 0, approvedWhenNot: 0 };
    agents[name] = { n: known.n + count.n, approvedWhenNot: known.approvedWhenNot + count.approvedWhenNot };
  };
  for (const name of drawnAgents.filter((one) => names.has(one))) {
    const commands = Object.entries(hostileApprovals);
    add(
      name,
      tried(
        name,
        (width) => [...commands, ['a wrapped reason', wrappedReason(width)]],
        drawDialog,
        commandRules,
        approved,
      ),
    );
    if (editAgents.includes(name))
      add(
        name,
        tried(name, () => Object.entries(hostileEdits), drawEdit, fileRules, approved),
      );
  }
  const all = Object.values(agents);
  const total = {
    n: all.reduce((sum, { n }) => sum + n, 0),
    approvedWhenNot: all.reduce((sum, { approvedWhenNot }) => sum + approvedWhenNot, 0),
  };
  return { agents, total, approved };
}

function tried(agent, casesAt, draw, rules, approved) {
  let n = 0;
  const before = approved.length;
  for (const [width, height] of sizes) {
    for (const [name, request] of casesAt(width)) {
      n++;
      if (isChosen(agent, draw(agent, { ...request, width, height }), { width, height }, rules))
        approved.push(`${agent}, ${width}x${height}: ${name}`);
    }
  }
  return { n, approvedWhenNot: approved.length - before };
}

function isChosen(agent, lines, { width, height }, rules) {
  const entry = {
    file: 'drawn',
    agent,
    version: '',
    state: 'approval',
    size: `${width}x${height}`,
    cur: `0,${height - 1}`,
  };
  const snapshot = { ...snapshotOfRecording(entry, lines.join('\n')), rows: parseRows(lines) };
  const { dialog } = recordedProgram(agent).screen.read(snapshot, still);
  if (dialog === null) return false;
  return decide(rules, { kind: 'approval', agent, worker: 'worker', text: '', dialog }).is === 'choose';
}

const commandRules = rulesFor(
  rulesForNpmTest.slice(0, mostRows).map((command) => ({ when: { kind: 'approval', command }, choose: '1' })),
);
const fileRules = rulesFor(
  rulesForSources.slice(0, mostRows).map((path) => ({ when: { dialog: 'edit', path }, choose: '1' })),
);

function rulesFor(rows) {
  const others = ['trust', 'choice', 'plan', 'update', 'other'].map((dialog) => ({ when: { dialog }, choose: '1' }));
  return parsePolicy([...rows, ...others]).rules;
}
