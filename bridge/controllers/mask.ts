/**
 * Takes secrets of known shapes out of a text before a controller program, and so a model's provider, sees it.
 * What is masked, and nothing else (a mask is a courtesy, not a vault: a secret of unknown shape, or one that a program
 * has hard-wrapped over two lines, passes):
 *
 *   private keys      -----BEGIN … PRIVATE KEY-----, also when the END is off the screen
 *   provider keys     OpenAI, Anthropic, GitHub, GitLab, Slack, Google, Stripe, npm, PyPI, Hugging Face, SendGrid, AWS ids
 *   tokens            JSON web tokens; Authorization: Bearer / Basic / Token
 *   URLs              scheme://user:password@host
 *   settings          NAME=value and NAME: value where the name ends in KEY, TOKEN, SECRET, PASSWORD, … and the value is literal
 */
export function maskSecrets(text: string): string {
  return rules.reduce((masked, rule) => masked.replace(rule.pattern, rule.put), text);
}

const mask = (kind: string) => `[masked ${kind}]`;

interface Rule {
  readonly pattern: RegExp;
  readonly put: (match: string, ...groups: string[]) => string;
}

const rules: readonly Rule[] = [
  {
    pattern:
      /-----BEGIN ((?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?)-----[\s\S]*?(?:-----END (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----|\n[ \t]*\n|$)/g,
    put: () => mask('private key'),
  },
  {
    pattern:
      /\b(?:sk-(?:ant-|proj-|svcacct-|or-v1-)?(?=[\w-]{0,80}\d)[A-Za-z0-9_-]{20,400}|gh[pousr]_[A-Za-z0-9]{30,400}|github_pat_[A-Za-z0-9_]{30,400}|glpat-[A-Za-z0-9_-]{20,400}|xox[abeoprs]-[A-Za-z0-9-]{10,400}|AIza[A-Za-z0-9_-]{35}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,400}|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,400}|hf_[A-Za-z0-9]{30,400}|SG\.[A-Za-z0-9_-]{16,400}\.[A-Za-z0-9_-]{16,400}|(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16})(?![A-Za-z0-9])/g,
    put: () => mask('key'),
  },
  {
    pattern: /\beyJ[A-Za-z0-9_-]{8,400}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,1000}/g,
    put: () => mask('token'),
  },
  {
    pattern:
      /\b(Authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:Bearer|Basic|Token)\s{1,4}|Bearer\s{1,4}(?=[^\s"']{0,80}\d))([^\s"'<>$]{12,2000})/gi,
    put: (_all, lead) => `${lead}${mask('token')}`,
  },
  {
    pattern: /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'<>]{0,100}):(?![<$*[])([^\s/@"'<>]{1,200})@/gi,
    put: (_all, lead) => `${lead}:${mask('password')}@`,
  },
  {
    pattern:
      /(?<![A-Za-z0-9_$-])((?:[A-Z][A-Z0-9]{0,30}_){0,6}(?:(?:API|ACCESS|SECRET|PRIVATE|SIGNING|ENCRYPTION|SERVICE|AUTH)_?KEY(?:_ID)?|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|PWD)["']?[ \t]{0,8}[=:][ \t]{0,8})("[^"\n]{0,1000}"|'[^'\n]{0,1000}'|[^\s"'#,;]{1,1000})/g,
    put: (all, lead, value) => (isLiteral(lead, value) ? `${lead}${mask('value')}` : all),
  },
  {
    pattern:
      /(?<![\w$-])((?:[a-z][a-z0-9]{0,30}[_-]){0,6}(?:api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|client[_-]?secret|secret|password|passwd|passphrase|_authToken)["']?[ \t]{0,8}[=:][ \t]{0,8})("[^"\n]{0,1000}"|'[^'\n]{0,1000}'|[^\s"'#,;]{1,1000})/gi,
    put: (all, lead, value) => (isLiteral(lead, value) ? `${lead}${mask('value')}` : all),
  },
];

/**
 * A value somebody wrote out: not a variable, a placeholder, a call, a word of prose or a type. `NAME=` takes any word
 * of six characters; `name: word` needs a digit or quotes, because prose has colons too.
 */
function isLiteral(lead: string, quoted: string): boolean {
  const value = quoted.replace(/^["']|["']$/g, '');
  if (value.length < 6 || /^(?:[$<{[*(%]|x{3,}|\.\.\.|your[_-]|process\.env|os\.environ|env[.(])/i.test(value))
    return false;
  if (/^(?:null|none|undefined|string|number|boolean|true|false|required|optional|changeme|redacted)\b/i.test(value))
    return false;
  if (/[()]/.test(value) && quoted === value) return false;
  return lead.includes('=') || quoted !== value || /\d/.test(value);
}
