import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who is to answer: a rule of bridge.yaml, a controller program, the human by a command, or the human by a file. */
export type AnswerWay = 'rule' | 'controller' | 'command' | 'file';

/** One question that one agent asks once. Its mark is in its words, and in the words of its one right answer. */
export interface Question {
  readonly mark: string;
  /** the agent that asks: no other may ever get the answer */
  readonly agent: string;
  readonly way: AnswerWay;
  readonly text: string;
  readonly answer: string;
}

export const markPattern = /q\d{5}x/;

/** Answers of one line, of some, and so long that an agent shows a marker for them. */
function answerTo(number: number): string {
  const lines = [1, 1, 1, 5, 30][number % 5]!;
  const more = Array.from({ length: lines - 1 }, (_, index) => `Then do step ${index + 1} of the plan for this way.`);
  return [`Take way ${markOf(number)}.`, ...more].join('\n');
}

function markOf(number: number): string {
  return `q${String(number).padStart(5, '0')}x`;
}

export function question(number: number, agent: string, way: AnswerWay): Question {
  const mark = markOf(number);
  const asked = way === 'command' || way === 'file' ? 'only the human may say this' : `a ${way} may say this`;
  return { mark, agent, way, text: `Which way is it for ${mark}? I think that ${asked}.`, answer: answerTo(number) };
}

/** A question that a rule of bridge.yaml may answer; `worker` names the one that asks it, where that is known. */
export interface RuledQuestion {
  readonly number: number;
  readonly worker?: string;
}

export interface HomeOptions {
  /** each rule costs a trial of its pattern for every question of that worker; what no rule answers goes to the controller */
  readonly rules: readonly RuledQuestion[];
  readonly thinkSeconds?: number;
  /** given, one question of 29 is thought about twice as long, and so fails */
  readonly controllerTimeoutSeconds?: number;
}

/** The first questions, whoever asks them. */
export function rulesUpTo(most: number): RuledQuestion[] {
  return Array.from({ length: most }, (_, number) => ({ number }));
}

/** A program that finds the mark in its prompt and says the same words as `answerTo`, after a moment of thought. */
function controllerProgram(thinkSeconds: number, slowSeconds: number): string {
  return `#!/bin/sh
marks=$(grep -o 'q[0-9][0-9][0-9][0-9][0-9]x')
digits=\${marks#q}
digits=\${digits%%x*}
number=$((1$digits - 100000))
case $((number % 5)) in 3) more=4 ;; 4) more=29 ;; *) more=0 ;; esac
case $((number % 29)) in 13) sleep ${slowSeconds} ;; *) sleep ${thinkSeconds} ;; esac
echo "Take way q\${digits}x."
step=1
while [ $step -le $more ]; do
  echo "Then do step $step of the plan for this way."
  step=$((step + 1))
done
`;
}

/** bridge.yaml, and the controller program in that folder. The human's questions are the human's. */
export function homeConfig(
  folder: string,
  { rules, thinkSeconds = 0.05, controllerTimeoutSeconds }: HomeOptions,
): string {
  const slowSeconds = controllerTimeoutSeconds === undefined ? thinkSeconds : 2 * controllerTimeoutSeconds;
  const program = join(folder, 'controller.sh');
  writeFileSync(program, controllerProgram(thinkSeconds, slowSeconds), { mode: 0o700 });
  const rows = rules.map(({ number, worker }) => ({
    when: { ...(worker === undefined ? {} : { worker }), text: `/${markOf(number)}.*a rule may/` },
    answer: answerTo(number),
  }));
  return JSON.stringify({
    'worker-context-lines': 0,
    heuristic: false,
    limits: { 'answers-per-hour': 0, consecutive: 0, 'per-day': 0 },
    notify: { bell: false, desktop: false },
    controller: { backend: 'command', command: program, timeout: controllerTimeoutSeconds ?? 300 },
    policy: [JSON.parse('{ "when": { "text": "/only the human/" }, "then": "human" }'), ...rows],
  });
}
