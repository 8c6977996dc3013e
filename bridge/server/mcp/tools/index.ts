import type { Tool } from '../tool.ts';
import { checkMessages, messageState, readMessages, reply, sendGroupMessage, sendMessage } from './mail.ts';
import { deregister, listAgents, listGroups, register, updateStatus } from './membership.ts';
import { readPane } from './panes.ts';
import { answerRequest, answerStatus, askController, listRequests } from './requests.ts';
import { postThread, readThread, searchMessages } from './threads.ts';

/** Everything that an MCP client can have done, in the order in which agents meet it. */
export const tools: readonly Tool[] = [
  register,
  sendMessage,
  sendGroupMessage,
  checkMessages,
  readMessages,
  listAgents,
  listGroups,
  updateStatus,
  deregister,
  reply,
  postThread,
  readThread,
  searchMessages,
  messageState,
  askController,
  answerStatus,
  listRequests,
  answerRequest,
  readPane,
];
