#!/usr/bin/env node
// npm run score: how rightly recorded screens are read. docs/measurements/accuracy.md explains the figures.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { helpOf } from '../scripts/tasks.mjs';
import { scoreDrawn } from './score/approvals.mjs';
import { scoreBlocks } from './score/blocks.mjs';
import { scoreEndings } from './score/endings.mjs';
import { figuresOf, mutated, samplesOf, timed } from './score/screens.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const flags = readFlags();
const shownWrong = flags.verbose ? Number.POSITIVE_INFINITY : 20;
try {
  process.exitCode = await main();
} catch (fault) {
  stop(1, fault.message, fault.nextStep);
}

async function main() {
  const floor = flags['fail-on-regression'] ? readFloor() : null;
  const samples = timed(samplesOf(flags.screens, flags.agent));
  if (samples.length === 0) stop(64, `${flags.screens}: no screens${flags.agent ? ` of ${flags.agent}` : ''}`);
  const score = {
    ...byAgent(samples),
    questions: await scoreEndings(flags.endings, closingJudges()),
    blocks: scoreBlocks(),
  };
  score.approvals = approvalsScore(samples, scoreDrawn(new Set(samples.map(({ entry }) => entry.agent))));
  const mutants = flags.mutated ? mutated(samples.map(({ ms, ...sample }) => sample)) : [];
  if (flags.mutated) {
    score.mutated = mutatedScore(mutants);
    score.approvals.mutated = approvedIn(mutants);
  }
  const faults = [...harms(score), ...(floor === null ? [] : regressions(score, floor))];
  if (flags.json) process.stdout.write(`${JSON.stringify(score)}\n`);
  else process.stdout.write(`${tables(score)}\n${wrongOnes(samples)}${wrongOnes(mutants)}`);
  for (const fault of faults) process.stderr.write(`score: ${fault}\n`);
  if (flags.write) write(tables(score));
  return faults.length === 0 ? 0 : 1;
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        screens: { type: 'string', default: join(root, 'tests', 'screens') },
        endings: { type: 'string', default: join(root, 'tests', 'endings') },
        agent: { type: 'string' },
        mutated: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'fail-on-regression': { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (!values.help) return values;
    process.stdout.write(helpOf('score'));
    process.exit(0);
  } catch (fault) {
    return stop(64, fault.message, 'npm run score -- --help');
  }
}

function closingJudges() {
  return [join(root, 'build', 'screen', 'closing.js')];
}

function byAgent(samples) {
  const names = [...new Set(samples.map(({ entry }) => entry.agent))].sort();
  const agents = names.map((name) => [name, figuresOf(samples.filter(({ entry }) => entry.agent === name))]);
  return { agents: Object.fromEntries(agents), total: figuresOf(samples) };
}

/** Of recorded screens, of hostile dialogs that are drawn, and where mutations are read, of those. */
function approvalsScore(samples, { agents, total, approved }) {
  return { recorded: approvedIn(samples), agents, drawn: total, approved };
}

function approvedIn(samples) {
  return { n: samples.length, approvedWhenNot: samples.filter(({ isApproved }) => isApproved).length };
}

/** Accuracy of the mutations that keep the label; ready-when-not and ghost requests of all. */
function mutatedScore(mutants) {
  const figures = (some) => {
    const { accuracy, unknown, n } = figuresOf(some.filter(({ judged }) => judged));
    const readyWhenNot = some.filter(({ verdict }) => verdict === 'ready-when-not').length;
    return {
      accuracy,
      readyWhenNot,
      unknown,
      n,
      all: some.length,
      ghostRequests: some.filter(({ isNew }) => isNew).length,
    };
  };
  const group = (keyOf) => {
    const keys = [...new Set(mutants.map(keyOf))];
    return Object.fromEntries(keys.map((key) => [key, figures(mutants.filter((mutant) => keyOf(mutant) === key))]));
  };
  return {
    agents: group(({ entry }) => entry.agent),
    mutations: group(({ mutation }) => mutation),
    total: figures(mutants),
  };
}

function harms({ total, approvals, mutated: meaner }) {
  const faults = [];
  if (total.readyWhenNot > 0) faults.push(`${total.readyWhenNot} screens read as ready and are not`);
  if (meaner?.total.readyWhenNot > 0)
    faults.push(`${meaner.total.readyWhenNot} mutated screens read as ready and are not`);
  for (const part of ['recorded', 'drawn', 'mutated']) {
    const count = approvals[part]?.approvedWhenNot ?? 0;
    if (count > 0) faults.push(`${count} ${part} dialogs could be approved by a policy rule that does not name them`);
  }
  return faults;
}

function readFloor() {
  const file = join(flags.screens, 'floor.json');
  if (!existsSync(file))
    return stop(64, `${file}: does not exist`, 'it holds {"agents": {NAME: {"accuracy": 0.98}}, …}');
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Every figure the floor names must be there and not be lower: agents.codex.accuracy, blocks.recall, … */
function regressions(score, floor) {
  return Object.entries(flatten(floor)).flatMap(([path, least]) => {
    if (flags.agent !== undefined && !path.startsWith(`agents.${flags.agent}.`)) return [];
    if (path.startsWith('mutated.') && !flags.mutated) return [];
    if (path.startsWith('questions.') && !score.questions[path.split('.')[1]]) return [];
    const is = path.split('.').reduce((part, key) => part?.[key], score);
    return is >= least ? [] : [`${path} is ${is ?? 'missing'}, below the floor of ${least}`];
  });
}

function flatten(tree, prefix = '') {
  const leaves = Object.entries(tree).flatMap(([key, value]) => {
    const path = prefix + key;
    return typeof value === 'object' ? Object.entries(flatten(value, `${path}.`)) : [[path, value]];
  });
  return Object.fromEntries(leaves);
}

function tables({ agents, total, questions, blocks, approvals, mutated: meaner }) {
  const row = (name, { n, accuracy, readyWhenNot, unknown, msPerReading }) => [
    name,
    n,
    percent(accuracy),
    readyWhenNot,
    percent(unknown),
    msPerReading.toFixed(2),
  ];
  const parts = [
    markdown(
      ['agent', 'n', 'accuracy', 'ready-when-not', 'unknown', 'ms per reading'],
      [...Object.entries(agents).map(([name, figures]) => row(name, figures)), row('total', total)],
    ),
    approvalsTable(approvals),
    questionTable(questions),
    markdown(
      ['blocks', 'n', 'precision', 'recall', 'false positives'],
      [
        [
          'mangled',
          blocks.n,
          percent(blocks.precision),
          percent(blocks.recall),
          `${blocks.falsePositives} of ${blocks.documents}`,
        ],
      ],
    ) +
      listed('missed', blocks.missed) +
      (blocks.ghosts.length > 0 ? `\n\nFalse positives: ${blocks.ghosts.join(', ')}.` : ''),
  ];
  if (meaner) {
    const line = (name, { all, n, accuracy, readyWhenNot, unknown, ghostRequests }) => [
      name,
      all,
      readyWhenNot,
      ghostRequests,
      n,
      n === 0 ? '–' : percent(accuracy),
      n === 0 ? '–' : percent(unknown),
    ];
    const heads = ['mutated', 'all', 'ready-when-not', 'ghost requests', 'label kept', 'accuracy', 'unknown'];
    const lines = [...Object.entries(meaner.agents), ...Object.entries(meaner.mutations), ['total', meaner.total]];
    parts.push(
      markdown(
        heads,
        lines.map(([name, figures]) => line(name, figures)),
      ),
    );
  }
  return parts.join('\n\n');
}

function approvalsTable({ recorded, agents, drawn, mutated: meaner, approved }) {
  const row = (name, { n, approvedWhenNot }) => [name, n, approvedWhenNot];
  const rows = [
    row('recorded screens', recorded),
    ...(meaner ? [row('their mutations', meaner)] : []),
    ...Object.entries(agents).map(([name, counts]) => row(`${name}, drawn`, counts)),
    row('drawn, total', drawn),
  ];
  const named = approved.slice(0, shownWrong).map((name) => `\n\nAPPROVED WHEN NOT  ${name}`);
  return markdown(['approvals', 'n', 'approved-when-not'], rows) + named.join('');
}

function questionTable(questions) {
  if (!questions.measured)
    return `Questions and completions: not measured (${questions.reason.replace(`${root}/`, '')}).`;
  const rows = ['dev', 'heldOut'].flatMap((part) =>
    ['question', 'completion'].map((label) => {
      const figures = questions[part]?.[label];
      const name = `${label}, ${part === 'dev' ? 'dev' : 'held out'}`;
      return figures
        ? [name, figures.n, percent(figures.precision), percent(figures.recall)]
        : [name, 0, 'not measured', ''];
    }),
  );
  return markdown(['closing words', 'n', 'precision', 'recall'], rows);
}

function listed(what, counts) {
  const names = Object.entries(counts).map(([name, count]) => `${name} (${count})`);
  return names.length === 0 ? '' : `\n\n${what[0].toUpperCase()}${what.slice(1)}: ${names.join(', ')}.`;
}

function markdown(heads, rows) {
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function percent(rate) {
  return `${(rate * 100).toFixed(1)} %`;
}

/** Wrong readings, the harmful first: file, expected, read, why. */
function wrongOnes(samples) {
  const wrong = samples
    .filter(
      ({ verdict, judged = true, isNew = false, isApproved }) => (judged && verdict !== 'right') || isNew || isApproved,
    )
    .sort((a, b) => harmOf(b) - harmOf(a));
  const lines = wrong.slice(0, shownWrong).map(({ entry, mutation, expected, reading, verdict, isNew, isApproved }) => {
    const { state, composer, why } = reading;
    const read = `${state}${composer.is === 'draft' ? ' with a draft' : ''}`;
    const reasons = why.map(({ rule, detail }) => `${rule}: ${detail}`).join('; ');
    const mark = isApproved
      ? 'APPROVED WHEN NOT'
      : verdict === 'ready-when-not'
        ? 'READY WHEN NOT'
        : isNew
          ? 'GHOST REQUEST'
          : verdict;
    return `${mark}  ${entry.file}${mutation ? ` [${mutation}]` : ''}\n    expected ${expected.says}, read ${read} (${reasons})\n`;
  });
  const more = wrong.length > shownWrong ? `… and ${wrong.length - shownWrong} more: --verbose lists them\n` : '';
  return wrong.length === 0 ? '' : `\n${lines.join('')}${more}`;
}

function harmOf({ verdict, isApproved }) {
  return Number(verdict === 'ready-when-not' || isApproved);
}

function write(text) {
  const file = join(root, 'docs', 'measurements', 'accuracy.md');
  const page = readFileSync(file, 'utf8');
  const marks = /(<!-- figures -->\n)[\s\S]*?(\n<!-- end of figures -->)/;
  if (!marks.test(page)) stop(1, `${file}: has no <!-- figures --> to write between`);
  writeFileSync(
    file,
    page.replace(marks, (_, before, after) => `${before}\n${text}\n${after}`),
  );
}

function stop(code, reason, next) {
  process.stderr.write(`score: ${reason}\n${next ? `${next}\n` : ''}`);
  process.exit(code);
}
