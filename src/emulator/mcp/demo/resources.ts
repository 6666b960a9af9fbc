import {
  McpError,
  type ReadResourceResult,
  type Resource,
  type ResourceTemplate,
} from '@modelcontextprotocol/sdk/types.js';

const NOTES = 23;
const LANGUAGES = ['de', 'en', 'es', 'fr', 'it', 'pt'];
/** What the MCP specification answers for an unknown URI. */
const RESOURCE_NOT_FOUND = -32_002;

export const resources: readonly Resource[] = [
  ...Array.from({ length: NOTES }, (_, index) => ({
    uri: `demo://notes/${index + 1}`,
    name: `note-${index + 1}`,
    mimeType: 'text/plain',
  })),
  { uri: 'demo://pixel', name: 'pixel', description: 'Bytes instead of text', mimeType: 'image/gif' },
];

export const resourceTemplates: readonly ResourceTemplate[] = [
  { uriTemplate: 'demo://notes/{number}', name: 'note', mimeType: 'text/plain' },
  ...LANGUAGES.map((language) => ({
    uriTemplate: `demo://greetings/${language}/{name}`,
    name: `greeting-${language}`,
  })),
];

const PIXEL = 'R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=';

export function readResource(uri: string): ReadResourceResult {
  if (uri === 'demo://pixel') return { contents: [{ uri, mimeType: 'image/gif', blob: PIXEL }] };
  const text = textOf(uri);
  if (text === undefined) throw new McpError(RESOURCE_NOT_FOUND, 'Resource not found', { uri });
  return { contents: [{ uri, mimeType: 'text/plain', text }] };
}

function textOf(uri: string): string | undefined {
  const [, kind, first = '', second] = /^demo:\/\/(notes|greetings)\/([^/]+)(?:\/([^/]+))?$/.exec(uri) ?? [];
  if (kind === 'notes' && second === undefined && Number(first) >= 1 && Number(first) <= NOTES) {
    return `This is note ${Number(first)}.`;
  }
  if (kind === 'greetings' && second !== undefined && LANGUAGES.includes(first)) return `${first}: ${second}`;
  return undefined;
}
