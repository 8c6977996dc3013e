/** One thing the model does in its answer. */
export type ModelStep =
  | { readonly say: string }
  /** the text comes in pieces over this time */
  | { readonly slow: number; readonly say: string }
  /** reasoning comes in pieces over this time */
  | { readonly slow: number; readonly think: string }
  /** nothing comes for this long */
  | { readonly hang: number }
  /** calls the client's shell tool; `escalate` makes codex ask for approval even where its sandbox would allow it */
  | { readonly run: string; readonly escalate: boolean }
  /** calls the client's tool that writes a file */
  | { readonly write: string; readonly content: string }
  /** calls the client's tool of this name with these arguments */
  | { readonly call: string; readonly args: Readonly<Record<string, unknown>> }
  /** calls the tool of this name of bridge's MCP server */
  | { readonly mcp: string; readonly args: Readonly<Record<string, unknown>> }
  /** an HTTP error instead of an answer; must be the first step */
  | { readonly error: number };

/** What the model was asked, as the answering function sees it. */
export interface ModelCall {
  readonly label: string;
  /** the last user message, byte for byte */
  readonly message: string;
  /** every user message of the conversation, oldest first */
  readonly messages: readonly string[];
  /** the system prompt and developer messages */
  readonly system: string;
  /** the result of the tool call before this, or null when the last word is the user's */
  readonly toolResult: string | null;
}

const directive = /^(SAY|SLOW|THINK|BLOCK|RUN|HANG|ERROR|AFTER)(?: (\d+(?:\.\d+)?|ESCALATE))?:(?: |$)/;

/**
 * The default answer: a message whose first line is a directive is a script, any other is acknowledged.
 *
 *   SAY: text     SLOW 3: text over 3 s     BLOCK: text of a request     HANG 5:     ERROR 500:
 *   THINK 3: reasoning over 3 s
 *   RUN: command  RUN ESCALATE: command     AFTER: (what follows is done once the tool's result is in)
 *
 * Lines that are not directives belong to the text of the one above them.
 */
export function followDirectives(call: ModelCall): ModelStep[] {
  const script = parse(call.message);
  if (script.length === 0) return [{ say: `Understood: ${call.message.trim().split('\n')[0]!.slice(0, 60)}` }];
  const after = script.findIndex((one) => one.word === 'AFTER');
  const before = after < 0 ? script : script.slice(0, after);
  if (call.toolResult === null) return before.flatMap(stepOf);
  const rest = after < 0 ? [] : script.slice(after).flatMap(stepOf);
  return rest.length > 0 ? rest : [{ say: 'The command is done.' }];
}

/** A request block as a worker would write it. */
export function requestBlock(text: string, attributes = ''): string {
  return `<<CONTROLLER_REQUEST${attributes}>>\n${text}\n<<CONTROLLER_REQUEST_END>>`;
}

interface Directive {
  readonly word: string;
  readonly argument: string;
  text: string;
}

function parse(message: string): Directive[] {
  const script: Directive[] = [];
  for (const line of message.trimStart().split('\n')) {
    const match = directive.exec(line);
    if (match) script.push({ word: match[1]!, argument: match[2] ?? '', text: line.slice(match[0].length) });
    else if (script.length === 0) return [];
    else script.at(-1)!.text += `\n${line}`;
  }
  return script;
}

function stepOf({ word, argument, text }: Directive): ModelStep[] {
  switch (word) {
    case 'SLOW':
      return [{ slow: Number(argument || 3) * 1000, say: text }];
    case 'THINK':
      return [{ slow: Number(argument || 3) * 1000, think: text }];
    case 'BLOCK':
      return [{ say: `I need a decision before I go on.\n\n${requestBlock(text)}` }];
    case 'RUN':
      return [{ run: text.trim(), escalate: argument === 'ESCALATE' }];
    case 'HANG':
      return [{ hang: Number(argument || 5) * 1000 }];
    case 'ERROR':
      return [{ error: Number(argument || 500) }];
    default:
      return text.trim() === '' ? [] : [{ say: text }];
  }
}
