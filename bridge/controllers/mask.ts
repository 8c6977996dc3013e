import { maskKeys } from './pem.ts';

/**
 * Takes secrets of known shapes out of a text before a controller program, and so a model's provider, sees it.
 * What is masked, and nothing else (a mask is a courtesy, not a vault: a secret of unknown shape, or one that a program
 * has hard-wrapped over two lines, passes):
 *
 *   private keys      PEM blocks whole, also within a border, or when the BEGIN or the END is off the screen (pem.ts); age keys
 *   provider keys     OpenAI, Anthropic, GitHub, GitLab, Slack, Google, Stripe, npm, PyPI, Hugging Face, SendGrid, AWS ids, Azure,
 *                     DigitalOcean, Shopify, Telegram, Twilio, Vault
 *   tokens            JSON web tokens; Authorization: Bearer / Basic / Token; cookies; docker's "auth"
 *   URLs              scheme://user:password@host, whatever the password holds; Slack's webhooks
 *   commands          --password, --token, curl -u, mysql -p, netrc's password
 *   settings          NAME=value and NAME: value where the name ends in KEY, TOKEN, SECRET, PASSWORD, … and the value is literal
 */
export function maskSecrets(text: string): string {
  return rules.reduce((masked, rule) => masked.replace(rule.pattern, rule.put), maskKeys(text, mask('private key')));
}

const mask = (kind: string) => `[masked ${kind}]`;

interface Rule {
  readonly pattern: RegExp;
  readonly put: (match: string, ...groups: string[]) => string;
}

const rules: readonly Rule[] = [
  {
    pattern:
      /\b(?:sk-(?:ant-|proj-|svcacct-|or-v1-)?(?=[\w-]{0,80}\d)[A-Za-z0-9_-]{20,400}|gh[pousr]_[A-Za-z0-9]{30,400}|github_pat_[A-Za-z0-9_]{30,400}|glpat-[A-Za-z0-9_-]{20,400}|xox[abeoprs]-[A-Za-z0-9-]{10,400}|AIza[A-Za-z0-9_-]{35}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,400}|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,400}|hf_[A-Za-z0-9]{30,400}|SG\.[A-Za-z0-9_-]{16,400}\.[A-Za-z0-9_-]{16,400}|(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16})(?![A-Za-z0-9])/g,
    put: () => mask('key'),
  },
  {
    pattern:
      /\b(?:sk-[A-Za-z0-9]{40,400}|xapp-[A-Za-z0-9-]{20,400}|ya29\.[A-Za-z0-9_-]{20,2000}|GOCSPX-[A-Za-z0-9_-]{20,100}|whsec_[A-Za-z0-9+/=]{20,200}|do[opr]_v1_[a-f0-9]{40,100}|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{20,100}|hv[sbr]\.[A-Za-z0-9_-]{20,400}|AGE-SECRET-KEY-1[A-Z0-9]{40,100}|\d{8,10}:AA[A-Za-z0-9_-]{33}|(?:SK|AC)[a-f0-9]{32})(?![A-Za-z0-9])/g,
    put: () => mask('key'),
  },
  {
    pattern: /\b(https:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/)[A-Za-z0-9_/-]{20,200}/g,
    put: (_all, lead) => `${lead}${mask('webhook')}`,
  },
  {
    pattern: /\b((?:Account|SharedAccess)Key=)[A-Za-z0-9+/]{40,200}={0,2}/g,
    put: (_all, lead) => `${lead}${mask('key')}`,
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
    // up to the last @ of the word: passwords hold slashes and @ themselves; a port is none
    pattern:
      /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'<>]{0,100}):(?![<$*[]|\d{1,5}(?:[/?#]|$))((?:(?!:\/\/)[^\s"'<>]){1,200})@/gi,
    put: (_all, lead) => `${lead}:${mask('password')}@`,
  },
  {
    pattern: /\b((?:Set-)?Cookie:\s{0,4})([^\n"']{12,2000})/gi,
    put: (_all, lead) => `${lead}${mask('cookie')}`,
  },
  {
    pattern: /("auths?"\s{0,4}:\s{0,4}")([A-Za-z0-9+/=_-]{12,2000})"/g,
    put: (_all, lead) => `${lead}${mask('value')}"`,
  },
  {
    pattern:
      /(?<![\w-])(--?(?:password|passwd|pass|token|secret|api-?key|access-?key|auth-?token|client-?secret)[ =]["']?)(?![$<{[*-])([^\s"']{4,1000})/gi,
    put: (_all, lead) => `${lead}${mask('value')}`,
  },
  {
    pattern: /\b(curl\b[^\n]{0,200}?\s(?:-u|--user)[ =]?["']?[^\s:"'$<]{1,100}):(?![$<{[*])([^\s"']{1,200})/g,
    put: (_all, lead) => `${lead}:${mask('password')}`,
  },
  {
    pattern: /\b((?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n]{0,100}?\s-p)(?![$<{[*])([^\s"'-][^\s"']{2,200})/g,
    put: (_all, lead) => `${lead}${mask('password')}`,
  },
  {
    pattern: /\b(machine\s{1,4}\S{1,200}\s{1,4}(?:login\s{1,4}\S{1,200}\s{1,4})?password\s{1,4})(\S{1,200})/g,
    put: (_all, lead) => `${lead}${mask('password')}`,
  },
  {
    // fish's `set -x NAME value`, docker's `-e NAME value`
    pattern:
      /((?<!\S)-(?:x|gx|Ux|e) (?:[A-Z][A-Z0-9]{0,30}_){0,6}(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PWD) )(?![$<{[*-])(\S{4,1000})/g,
    put: (_all, lead) => `${lead}${mask('value')}`,
  },
  {
    // camel case: dbPassword=, accessToken:
    pattern:
      /(?<![\w$-])([a-z][a-zA-Z0-9]{0,40}(?:Password|Passwd|Secret|ApiKey|AccessKey|SecretKey|PrivateKey|AuthToken|AccessToken|RefreshToken)["']?[ \t]{0,8}[=:][ \t]{0,8})("[^"\n]{0,1000}"|'[^'\n]{0,1000}'|[^\s"'#,;]{1,1000})/g,
    put: (all, lead, value) => (isLiteral(lead, value) ? `${lead}${mask('value')}` : all),
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
 * of five characters; `name: word` needs six and a digit, or quotes, because prose has colons too.
 */
function isLiteral(lead: string, quoted: string): boolean {
  const value = quoted.replace(/^["']|["']$/g, '');
  if (
    value.length < (lead.includes('=') ? 5 : 6) ||
    /^(?:[$<{[*(%]|x{3,}|\.\.\.|your[_-]|process\.env|os\.environ|env[.(])/i.test(value)
  )
    return false;
  if (/^(?:null|none|undefined|string|number|boolean|true|false|required|optional|changeme|redacted)\b/i.test(value))
    return false;
  if (/[()]/.test(value) && quoted === value) return false;
  return lead.includes('=') || quoted !== value || /\d/.test(value);
}
