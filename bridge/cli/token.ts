import { type Command, Option } from 'commander';
import { inWords } from '../core/duration.ts';
import { type TokenRole, tokenRoles } from '../core/token-role.ts';
import { visibleLine } from '../core/visible.ts';
import { callerHere } from './caller.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { seconds } from './text.ts';

export function registerToken(token: Command): void {
  const add = token
    .command('add')
    .description('Give a member, or yourself, a token; it is printed this once')
    .argument('<name>', 'what the token is called')
    .addOption(
      new Option('--role <role>', 'an agent speaks as its member; human and admin open the server for you')
        .choices(tokenRoles)
        .default('agent'),
    )
    .option('--member <member>', 'for whom it speaks (default: the member of that name)')
    .option('--ttl <seconds>', 'how long it counts (default: until it is revoked)');
  withOptions(add, 'place').action(
    act(async (context, command) => {
      const { role, member, ttl } = command.opts<{ role: TokenRole; member?: string; ttl?: string }>();
      const given = await invoke(context, 'addToken', {
        name: command.args[0]!,
        role,
        member: member ?? null,
        ttlMs: ttl === undefined ? null : seconds(ttl, '--ttl'),
        caller: callerHere(),
      });
      context.out.result(given.token, given);
      return 0;
    }),
  );
  withOptions(token.command('list').description('List the tokens, without what they are'), 'place').action(
    act(async (context) => {
      const found = await invoke(context, 'tokens', {});
      const now = Date.now();
      const lines = found.map(({ name, role, member, addedAt, expiresAt }) =>
        visibleLine(
          `${name}  ${role === 'agent' ? `speaks for ${member}` : `opens the server as ${role}`}, given ${inWords(now - addedAt)} ago${expiresAt === null ? '' : `, ends in ${inWords(expiresAt - now)}`}`,
        ),
      );
      context.out.result(lines.length === 0 ? 'there are no tokens: bridge token add NAME' : lines.join('\n'), found);
      return 0;
    }),
  );
  const revoke = token.command('revoke').description('Have a token count no more').argument('<name>', 'its name');
  withOptions(revoke, 'place').action(
    act(async (context, command) => {
      const { name } = await invoke(context, 'revokeToken', { name: command.args[0]!, caller: callerHere() });
      context.out.result(visibleLine(`${name} counts no more`), { name });
      return 0;
    }),
  );
}
