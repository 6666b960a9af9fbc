import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  type LoggingLevel,
  ReadResourceRequestSchema,
  SetLevelRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { DemoContext } from './context.js';
import { page } from './pages.js';
import { getPrompt, prompts } from './prompts.js';
import { readResource, resources, resourceTemplates } from './resources.js';
import { callTool, tools } from './tools.js';

const LEVELS: readonly LoggingLevel[] = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
];

/** A server of the MCP SDK with a bit of everything, for one session. */
export function createDemoServer(context: DemoContext): Server {
  const { record, settings } = context;
  let lowestLevel: LoggingLevel = 'debug';
  const server = new Server(
    { name: 'countersign-demo', version: '1.0.0' },
    {
      capabilities: { tools: {}, resources: {}, prompts: {}, logging: {} },
      // It never asks a client for anything, and the SDK's own validator costs more than all the rest of a session.
      jsonSchemaValidator: {
        getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
      },
    },
  );

  server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
    const { items, ...next } = page(tools, params?.cursor, settings.now);
    return { tools: items, ...next };
  });
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { signal, authInfo, sendNotification, _meta }) => {
    record.calls.add(params.name);
    return callTool(params.name, params.arguments ?? {}, {
      ...context,
      signal,
      caller: authInfo?.extra ?? {},
      async progress(progress, total, message) {
        const progressToken = _meta?.progressToken;
        if (progressToken === undefined) return;
        await sendNotification({
          method: 'notifications/progress',
          params: { progressToken, progress, total, message },
        });
      },
      async log(level, data) {
        if (LEVELS.indexOf(level) < LEVELS.indexOf(lowestLevel)) return;
        await sendNotification({ method: 'notifications/message', params: { level, logger: 'demo', data } });
      },
    });
  });
  server.setRequestHandler(SetLevelRequestSchema, ({ params }) => {
    lowestLevel = params.level;
    record.logLevel = params.level;
    return {};
  });
  server.setRequestHandler(ListResourcesRequestSchema, ({ params }) => {
    const { items, ...next } = page(resources, params?.cursor, settings.now);
    return { resources: items, ...next };
  });
  server.setRequestHandler(ListResourceTemplatesRequestSchema, ({ params }) => {
    const { items, ...next } = page(resourceTemplates, params?.cursor, settings.now);
    return { resourceTemplates: items, ...next };
  });
  server.setRequestHandler(ReadResourceRequestSchema, ({ params }) => readResource(params.uri));
  server.setRequestHandler(ListPromptsRequestSchema, ({ params }) => {
    const { items, ...next } = page(prompts, params?.cursor, settings.now);
    return { prompts: items, ...next };
  });
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) => getPrompt(params.name, params.arguments ?? {}));
  return server;
}
