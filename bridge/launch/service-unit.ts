import { join } from 'node:path';
import { quoteWord } from '../core/command-line.ts';
import { inMarkup } from '../core/markup.ts';

/** What a service is made of: an absolute command line, and the PATH in which it finds tmux and the agents. */
export interface Service {
  readonly command: readonly string[];
  readonly path: string;
}

/** Where this system's user services lie, what ours says, and how it is begun and ended. */
export interface ServiceFile {
  readonly path: string;
  readonly text: string;
  readonly begin: readonly string[];
  readonly end: readonly string[];
}

/** By it a file is known as one that bridge wrote. */
export const serviceMark = 'written by `bridge service install`';

/** @param userFolder whose services they are */
export function serviceFile(platform: NodeJS.Platform, userFolder: string, service: Service): ServiceFile {
  return platform === 'darwin' ? launchAgent(userFolder, service) : systemdUnit(userFolder, service);
}

function systemdUnit(userFolder: string, { command, path }: Service): ServiceFile {
  const text = `# ${serviceMark}
[Unit]
Description=bridge: answers AI coding agents in tmux

[Service]
Environment=${inUnit(`PATH=${path}`)}
ExecStart=${command.map(inCommand).join(' ')}
Restart=on-failure
RestartSec=5

[Install]
WantedBy=default.target
`;
  return {
    path: join(userFolder, '.config', 'systemd', 'user', 'bridge.service'),
    text,
    begin: ['systemctl --user daemon-reload', 'systemctl --user enable --now bridge'],
    end: ['systemctl --user disable --now bridge'],
  };
}

/** systemd reads quotes and backslashes as C does, and `%` begins a specifier. */
function inUnit(word: string): string {
  return `"${word.replace(/["\\]/g, '\\$&').replace(/%/g, '%%').replace(/\n/g, '\\n')}"`;
}

/** In a command line `$` begins a variable besides. */
function inCommand(word: string): string {
  return inUnit(word).replace(/\$/g, '$$$$');
}

function launchAgent(userFolder: string, { command, path }: Service): ServiceFile {
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${serviceMark} -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>bridge</string>
  <key>ProgramArguments</key>
  <array>
${command.map((word) => `    <string>${inMarkup(word)}</string>`).join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
    <key>PATH</key>
    <string>${inMarkup(path)}</string>
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
</dict>
</plist>
`;
  const file = join(userFolder, 'Library', 'LaunchAgents', 'bridge.plist');
  return {
    path: file,
    text,
    begin: [`launchctl bootstrap gui/$(id -u) ${quoteWord(file)}`],
    end: [`launchctl bootout gui/$(id -u) ${quoteWord(file)}`],
  };
}
