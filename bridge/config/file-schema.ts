import * as z from 'zod';
import { agentSchema } from '../agent-programs/custom-schema.ts';
import { alertKinds, alertWays, minutesOf, urgencies } from '../core/alert.ts';
import { BridgeError } from '../core/failure.ts';
import { envelopeLooks } from '../core/mail-envelope.ts';
import { groupName, type MemberFacts, memberFacts, memberName } from '../core/member.ts';
import { vias } from '../core/native-input.ts';
import { destinationPattern, hostNamePattern } from '../host/hosts/ssh-host.ts';

const text = z.string({ error: 'is not a text; put it in quotes' });

/** A text that this takes. */
const taken = (check: (given: string) => unknown) =>
  text.superRefine((given, context) => {
    try {
      check(given);
    } catch (fault) {
      if (!(fault instanceof BridgeError)) throw fault;
      context.addIssue({ code: 'custom', message: fault.reason });
    }
  });
const said = (what: keyof MemberFacts) => taken((given) => memberFacts({ [what]: given })).optional();

const memberSchema = z.strictObject({
  name: taken(memberName),
  description: said('description'),
  role: said('role'),
  model: said('model'),
  colour: said('colour'),
  groups: z.array(taken(groupName)).optional(),
  enabled: z.boolean().optional(),
  envelope: z.enum(envelopeLooks).optional(),
  revive: z.array(text, { error: 'is not a list of words: [program, argument]' }).min(1, 'is empty').optional(),
});

const name = text.min(1, 'is empty');

/** What a member may decide in the affairs of others. */
const peerSchema = z.strictObject({
  member: name,
  may: z.array(z.enum(['answer', 'choose'], { error: 'is neither answer nor choose' })).min(1, 'is empty'),
  /** whose requests; left out: of all workers */
  workers: z.array(name).min(1, 'is empty; leave it out for all workers').optional(),
});

const oneLine = text.regex(/^\P{Cc}+$/u, 'is empty, or holds control characters');

/** Another machine: where ssh goes, or that and more. */
const hostSchema = z.preprocess(
  (given) => (typeof given === 'string' ? { ssh: given } : given),
  z.strictObject({
    ssh: text.regex(destinationPattern, 'is no destination of ssh: expected HOST, USER@HOST or ssh://USER@HOST:PORT'),
    options: z.array(oneLine, { error: "is not a list of words: [-p, '2222']" }).default([]),
    socket: oneLine.optional(),
  }),
);
const hostName = text.regex(hostNamePattern, 'is no name of a host: letters, digits, `.`, `_` and `-`, 64 at most');

const httpUrl = text.regex(/^https?:\/\/[^\s/]+/, 'is no address: expected http:// or https://');

/** Without a path: pages stand where they stand. */
const originUrl = httpUrl.regex(
  /^https?:\/\/[^\s/?#@]+\/?$/,
  'is more than an address: expected https://NAME or https://NAME:PORT',
);

/** Where an alert is posted as JSON: the address, or that and more. */
const webhookSchema = z.preprocess(
  (given) => (typeof given === 'string' ? { url: given } : given),
  z.strictObject({
    url: httpUrl,
    headers: z.record(oneLine, oneLine).default({}),
    settled: z.boolean().default(false),
  }),
);

const ntfySchema = z.preprocess(
  (given) => (typeof given === 'string' ? { url: given } : given),
  z.strictObject({
    url: httpUrl.regex(/^https?:\/\/[^/]+\/[^/\s]+\/?$/, 'names no topic: https://ntfy.sh/MY-TOPIC'),
    token: oneLine.optional(),
  }),
);

/** Who is called in a browser: push services ask for a contact of who runs this. */
const webpushSchema = z.preprocess(
  (given) => (typeof given === 'string' ? { contact: given } : given),
  z.strictObject({
    contact: text.regex(
      /^(?:mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/,
      'is no contact: expected mailto:YOU@HOST or https://…',
    ),
    hosts: z
      .array(text.regex(/^[^\s/@]+$/, 'is no host: expected NAME or NAME:PORT'))
      .max(20)
      .default([]),
  }),
);

const hours = text.refine((given) => minutesOf(given) !== null, 'is no time of day: expected 22:00-07:30');

/** Which alerts go which ways; the first that fits counts. */
const alertRuleSchema = z.strictObject({
  kinds: z.array(z.enum(alertKinds)).min(1, 'is empty').optional(),
  members: z.array(name).min(1, 'is empty').optional(),
  urgency: z.array(z.enum(urgencies)).min(1, 'is empty').optional(),
  hours: hours.optional(),
  ways: z.array(z.enum(alertWays)),
});

const absolute = text.startsWith('/', 'is no absolute path');

/** Where `bridge serve` listens, and what it bears; flags come before it. */
const serverSchema = z.strictObject({
  port: z.number().int().min(0).max(65_535).optional(),
  host: oneLine.optional(),
  names: z.array(oneLine).max(32).optional(),
  'public-url': originUrl.optional(),
  tls: z.strictObject({ cert: absolute, key: absolute }).optional(),
  'insecure-network': z.boolean().optional(),
  'body-bytes': z.number().int().optional(),
  'requests-per-minute': z.number().int().optional(),
  'refusals-per-minute': z.number().int().optional(),
  sockets: z.number().int().optional(),
  'queue-bytes': z.number().int().optional(),
  'slow-after-ms': z.number().optional(),
});

export const fileSchema = z.strictObject({
  socket: text.optional(),
  session: text.optional(),
  agent: text.optional(),
  mode: z.enum(['auto', 'manual']).optional(),
  worker: z
    .union([text.transform((one) => [one]), z.array(text)], { error: 'is not a text; put it in quotes' })
    .optional(),
  'split-response': z.boolean().optional(),
  via: z.enum(vias).optional(),
  'worker-context-lines': z.number().int().min(0).max(10_000).optional(),
  heuristic: z.boolean().optional(),
  'heuristic-lines': z.number().int().min(0).optional(),
  'stuck-after': z.number().min(0).optional(),
  'request-timeout': z.number().min(0).optional(),
  'retention-days': z.number().min(0).optional(),
  senders: z.enum(['any', 'verified']).optional(),
  'dialog-keys': z.array(text).optional(),
  envelope: z.enum(envelopeLooks).optional(),
  controller: z
    .strictObject({
      backend: z.string().optional(),
      pane: z.string().optional(),
      command: z.string().optional(),
      model: z.string().optional(),
      'extra-args': z.string().optional(),
      'system-prompt': z.string().optional(),
      timeout: z.number().min(0).optional(),
      isolated: z.boolean().optional(),
      resume: z.boolean().optional(),
    })
    .optional(),
  agents: z.record(z.string(), agentSchema).default({}),
  notify: z
    .strictObject({
      bell: z.boolean().optional(),
      desktop: z.boolean().optional(),
      command: z.array(z.string()).min(1).optional(),
      'again-after': z.number().min(0).optional(),
      webhook: webhookSchema.optional(),
      ntfy: ntfySchema.optional(),
      webpush: webpushSchema.optional(),
      quiet: hours.optional(),
      links: z.boolean().optional(),
      'links-last': z.number().min(60, 'is less than a minute').max(86_400, 'is more than a day').optional(),
      rules: z.array(alertRuleSchema).max(100, 'has more than 100 rules').optional(),
    })
    .default({}),
  members: z
    .array(memberSchema)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'names one twice')
    .default([]),
  peers: z.array(peerSchema).default([]),
  hosts: z.record(hostName, hostSchema).default({}),
  server: serverSchema.default({}),
  limits: z
    .strictObject({
      'answers-per-hour': z.number().int().min(0).optional(),
      consecutive: z.number().int().min(0).optional(),
      'per-day': z.number().int().min(0).optional(),
      'message-hops': z.number().int().min(0).optional(),
      'message-rounds': z.number().int().min(0).optional(),
      'thread-messages': z.number().int().min(0).optional(),
      'member-messages': z.number().int().min(0).optional(),
    })
    .optional(),
  policy: z.array(z.unknown()).default([]),
});
export type FileValues = z.infer<typeof fileSchema>;
