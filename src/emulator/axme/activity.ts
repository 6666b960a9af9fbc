import type { Random } from '../random.js';
import { AuditLog } from './audit-log.js';
import type { AxmeCall } from './call.js';
import type { Scheduler } from './scheduler.js';
import { type Dimension, UsageMeter } from './usage-meter.js';

/** Which writes count towards which quota: a method and the pattern of the route. What has an amount counts for itself. */
const COUNTED: readonly (readonly [RegExp, Exclude<Dimension, 'requests_per_minute' | 'media_storage_bytes'>])[] = [
  [/^POST \/v1\/(intents|scenarios\/apply)$/, 'intents_per_day'],
  [/^POST \/v1\/inbox\//, 'inbox_writes_per_day'],
  [/^POST \/v1\/schemas$/, 'schema_writes_per_day'],
];

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PATCH: 'update', DELETE: 'delete' };

/** Follows what the gateway does: how much of it each workspace uses, and who did what. */
export class Activity {
  readonly usage: UsageMeter;
  readonly audit: AuditLog;

  constructor(time: Scheduler, ids: () => Random) {
    this.usage = new UsageMeter(time);
    this.audit = new AuditLog(time, ids);
  }

  /** A request has come whose sender is known. */
  arrived({ caller }: AxmeCall): void {
    this.usage.countRequest(caller.apiKey.workspaceId);
  }

  /** A handler did what it was asked for. `pattern` is the route's path. */
  done({ request, url, caller }: AxmeCall, pattern: string): void {
    const { method, headers } = request;
    if (VERBS[method] === undefined) return;
    const owner = headers.get('x-owner-agent') ?? url.searchParams.get('owner_agent');
    const { apiKey, actor } = caller;
    const dimension = COUNTED.find(([route]) => route.test(`${method} ${pattern}`))?.[1];
    if (dimension !== undefined) this.usage.count(apiKey.workspaceId, dimension);
    this.audit.record({
      action: actionOf(pattern, method),
      actor_id: actor?.actorId ?? apiKey.agentAddress,
      owner_agent: owner ?? actor?.ownerAgent ?? apiKey.agentAddress,
      org_id: apiKey.orgId,
      workspace_id: apiKey.workspaceId,
      details: { method, path: url.pathname },
    });
  }

  clear(): void {
    this.usage.clear();
    this.audit.clear();
  }
}

/** `POST /v1/organizations/:org_id/members` is `organizations.members.create`, `POST /v1/intents/:id/resolve` `intents.resolve`. */
function actionOf(pattern: string, method: string): string {
  const names = pattern.split('/').filter((name) => name !== '' && name !== 'v1' && !name.startsWith(':'));
  const isCollection = method !== 'POST' || names.at(-1)?.endsWith('s') === true;
  return [...names, ...(isCollection ? [VERBS[method]] : [])].join('.');
}
