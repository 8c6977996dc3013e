import type { Config } from '../../config/config-values.ts';
import type { PublicEvent } from '../../core/events.ts';
import type { Message } from '../../core/message.ts';
import type { PaneFacts } from '../../core/pane.ts';
import type { Request } from '../../core/request.ts';
import { isHere } from '../../core/way.ts';
import { steadyClock, systemClock } from '../../host/clock.ts';
import { findProgram } from '../../launch/programs.ts';
import type { Panes } from '../../panes/panes.ts';
import type { Requests } from '../../requests/requests.ts';
import type { TmuxServers } from '../../tmux/servers.ts';
import { Dispatches } from '../dispatches.ts';
import type { LiveControllers } from '../live-controllers.ts';
import type { Projects } from '../projects.ts';
import type { TextSender } from '../send-text.ts';

/** Who is asked: programs, and live controllers by the courier. What they say goes back to the requests. */
export function assembleDispatches(parts: {
  config: Config;
  projects: Projects;
  servers: TmuxServers;
  panes: Panes;
  controllers: LiveControllers;
  texts: TextSender;
  /** made after this, for it has questions dispatched */
  requests: () => Requests;
  mailOf: (request: Request) => readonly Message[];
  emit: (event: PublicEvent) => void;
}): Dispatches {
  const { config, projects, servers, panes, controllers, texts, requests, mailOf, emit } = parts;
  const deliverTo = (pane: PaneFacts, body: string, request: Request) => {
    const { controllerTimeoutMs: limit } = config;
    return texts.askPane(pane, body, request, limit > 0 ? systemClock.now() + limit : null);
  };
  return new Dispatches({
    base: config,
    configFor: ({ pane }) => projects.configFor(pane),
    isMain: (server) => servers.at(server) === servers.main,
    partsAt: (at) => ({
      clock: steadyClock,
      onPath: (program) => findProgram(program, process.env.PATH, process.cwd()) !== null,
      livePane: () => controllers.at(at),
      deliverTo,
      folderOf: async (request) => {
        // a controller runs on this machine
        if (!isHere(request.pane)) return config.home;
        return request.project ?? (await panes.facts(request.pane))?.currentPath ?? config.home;
      },
      mailOf,
      say: (level, text) => emit({ type: 'said', level, text }),
      replied: (request, by, text) => emit({ type: 'controller-replied', request, by, text }),
      wouldAsk: (request, controller) => emit({ type: 'would-ask', request, controller }),
    }),
    verdict: {
      answered: (request, answer) => requests().answer(request.id, answer),
      failed: (request, failure) => requests().controllerFailed(request.id, failure),
    },
  });
}
