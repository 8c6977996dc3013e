/** What a person sees who opens the server's address in a browser. */
export const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>bridge</title></head>
<body>
<h1>bridge</h1>
<p>This server speaks with programs: everything but <code>/health</code> needs a token.</p>
<ul>
<li><code>/api/v1</code>: HTTP, events and MCP of bridge; <code>bridge token add NAME</code> gives a token.</li>
<li><code>/api</code>, <code>/ws</code>: agent-chat's endpoints, for its clients; their token is in <code>agent-chat.token</code> of the state directory.</li>
</ul>
</body>
</html>
`;
