import { createHash } from 'node:crypto';

const style = `
:root { color-scheme: light dark; --line: #8886; --accent: light-dark(#2456c9, #8ab0ff); --on-accent: light-dark(#fff, #0d1524);
  --tint: light-dark(#f0f2f5, #1b2028); --yours: light-dark(#8a4b00, #f0b45a); font: 16px/1.5 system-ui, sans-serif; }
* { box-sizing: border-box; }
body { margin: 0; background: light-dark(#fff, #0f1216); color: light-dark(#191d24, #e7eaef); }
main { max-width: 42rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 .25rem; }
h2 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .5rem 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--tint); border: 1px solid var(--line); border-radius: 8px;
  padding: .75rem; margin: .25rem 0; font: 14px/1.45 ui-monospace, Menlo, Consolas, monospace; }
.words { font: inherit; }
.note { color: var(--yours); }
.soft { opacity: .75; font-size: .875rem; }
label { display: block; font-weight: 600; margin-top: 1rem; }
textarea, input:not([type=hidden]) { display: block; width: 100%; min-height: 3rem; margin-top: .25rem; font: inherit; font-weight: 400; padding: .6rem; border: 1px solid var(--line); border-radius: 8px;
  background: transparent; color: inherit; }
textarea { min-height: 7rem; }
button { display: block; width: 100%; min-height: 3rem; margin: .5rem 0; padding: .6rem .9rem; font: inherit; font-weight: 600; text-align: left;
  border: 1px solid var(--accent); border-radius: 8px; background: transparent; color: var(--accent); overflow-wrap: anywhere; cursor: pointer; }
button.send { background: var(--accent); color: var(--on-accent); text-align: center; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** What pages without a script may do: be drawn, and send their one form here. They load nothing. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** @param body of which everything that others wrote is markup no more */
export function plainPage(body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>bridge</title><style>${style}</style></head>
<body><main>${body}</main></body></html>
`;
}
