/**
 * The MCP server of an agent program, by the official client, which starts it as such programs do: with HOME, PATH and little else.
 * It is loaded when a script uses it.
 */
export class McpClient {
  #client = null;

  /**
   * @param server `{command, args, env}` of a program, or `{url, token}`
   * @returns how long that took, ms, and the protocol that both speak
   */
  async connect({ command, args = [], env, url, token }) {
    const startedAt = performance.now();
    const { Client } = await import('@modelcontextprotocol/client');
    const client = new Client({ name: 'scripted-agent', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(url ? await httpTo(url, token) : await stdioTo(command, args, env));
    this.#client = client;
    return { protocol: client.getNegotiatedProtocolVersion(), tookMs: since(startedAt) };
  }

  /** @returns what the tool said; a fault is a result too @param cancelAfterMs it is not waited for any longer */
  async call(name, given, cancelAfterMs) {
    const startedAt = performance.now();
    const {
      content,
      structuredContent,
      isError = false,
    } = await this.#client.callTool(
      { name, arguments: given },
      cancelAfterMs === undefined ? {} : { signal: AbortSignal.timeout(cancelAfterMs) },
    );
    const text = content.map((one) => one.text ?? '').join('\n');
    return { tool: name, isError, text, data: structuredContent ?? null, tookMs: since(startedAt) };
  }

  async close() {
    await this.#client?.close();
  }
}

async function stdioTo(command, args, env) {
  const { StdioClientTransport, getDefaultEnvironment } = await import('@modelcontextprotocol/client/stdio');
  return new StdioClientTransport({ command, args, env: { ...getDefaultEnvironment(), ...env }, stderr: 'ignore' });
}

async function httpTo(url, token) {
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
}

function since(startedAt) {
  return Math.round(performance.now() - startedAt);
}
