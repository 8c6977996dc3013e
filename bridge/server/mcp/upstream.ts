import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Server } from '@modelcontextprotocol/server';
import { BridgeError, messageOf } from '../../core/failure.ts';
import { packageVersion } from '../../host/package-version.ts';
import { instructions } from './mcp-server.ts';

const self = { name: 'bridge', version: packageVersion };
/** A wait of ours is a ticket before this. */
const callLimitMs = 60_000;

/** A server elsewhere, as the bearer of a token asks it. It need not be there: each call tries anew. */
export class Upstream {
  readonly url: string;
  readonly #token: string;
  #client: Promise<Client> | null = null;

  constructor(url: string, token: string) {
    this.url = url.replace(/\/+$/, '');
    this.#token = token;
  }

  /** @throws BridgeError where it is not reached, or refuses the token */
  async client(): Promise<Client> {
    this.#client ??= this.#connected();
    try {
      return await this.#client;
    } catch (fault) {
      this.#client = null;
      const { message = messageOf(fault), next_step: nextStep = usualStep } = refusalIn(fault);
      throw new BridgeError({ what: 'server', target: this.url, reason: message, nextStep, cause: fault });
    }
  }

  /** What one of the HTTP routes answers. @throws BridgeError with its fault */
  async post<Result>(path: string, body: unknown): Promise<Result> {
    const reply = await fetch(`${this.url}/api/v1${path}`, {
      method: 'POST',
      headers: { ...this.#headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(callLimitMs),
    });
    const said = (await reply.json()) as Result & { readonly error?: { readonly message: string } };
    if (reply.ok) return said;
    throw new BridgeError({ what: 'server', target: this.url, reason: said.error?.message ?? String(reply.status) });
  }

  async close(): Promise<void> {
    await this.#client?.then(
      (client) => client.close(),
      () => {},
    );
  }

  async #connected(): Promise<Client> {
    const client = new Client(self, { versionNegotiation: { mode: 'auto' } });
    const requestInit = { headers: this.#headers };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${this.url}/mcp`), { requestInit }));
    return client;
  }

  get #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#token}` };
  }
}

const usualStep = 'look whether `bridge serve` runs there, and whether the token counts';

/** What a server of bridge said when it refused; empty where nothing of that kind came back. */
function refusalIn(fault: unknown): { readonly message?: string; readonly next_step?: string } {
  const { text } = (fault as { readonly data?: { readonly text?: unknown } } | null)?.data ?? {};
  try {
    const { error } = JSON.parse(String(text)) as { readonly error?: Record<string, unknown> };
    const [message, next] = [error?.message, error?.next_step];
    return {
      ...(typeof message === 'string' && { message }),
      ...(typeof next === 'string' && { next_step: next }),
    };
  } catch {
    return {}; // another server, or none
  }
}

/** Serves what the server elsewhere offers: every call goes there, and what it says comes back as it is. */
export function relayTo(upstream: Upstream): Server {
  const server = new Server(self, { instructions, capabilities: { tools: {}, resources: {} } });
  server.setRequestHandler('tools/list', async () => (await upstream.client()).listTools());
  server.setRequestHandler('tools/call', async ({ params: { name, arguments: args } }, { mcpReq }) => {
    try {
      const client = await upstream.client();
      return await client.callTool(
        { name, ...(args && { arguments: args }) },
        { signal: mcpReq.signal, timeout: callLimitMs },
      );
    } catch (fault) {
      const nextStep = fault instanceof BridgeError && fault.nextStep ? `\nNext step: ${fault.nextStep}` : '';
      return { content: [{ type: 'text' as const, text: `${messageOf(fault)}${nextStep}` }], isError: true };
    }
  });
  server.setRequestHandler('resources/list', async () => (await upstream.client()).listResources());
  server.setRequestHandler('resources/templates/list', async () => (await upstream.client()).listResourceTemplates());
  server.setRequestHandler('resources/read', async ({ params: { uri } }) =>
    (await upstream.client()).readResource({ uri }),
  );
  return server;
}
