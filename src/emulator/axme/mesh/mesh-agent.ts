import { dateTime } from '../time.js';

/** How an agent is (AXME contract §7). */
export const HEALTH = ['healthy', 'degraded', 'unreachable', 'killed', 'unknown'] as const;

/** How an agent is (AXME contract §7). */
export type Health = (typeof HEALTH)[number];

/** A span over which an agent's work is counted. */
export type Window = 'day' | 'week' | 'month';

/** What an agent has reported in one beat. */
export interface Report {
  readonly at: number;
  readonly intents: number;
  readonly cost: number;
}

/** An agent of the mesh. */
export interface MeshAgent {
  readonly addressId: string;
  readonly address: string;
  readonly displayName: string | null;
  readonly createdAt: number;
  lastHeartbeatAt: number | undefined;
  /** The sums of all that was reported, and the latest latency. */
  metrics: Readonly<Record<string, number>>;
  /** How it was when someone last looked. */
  seenAs: Health;
  /** Oldest first. */
  readonly reports: Report[];
}

const DAY_MS = 86_400_000;
const WINDOW_MS: Readonly<Record<Window, number>> = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS };

/** How an agent is that was not killed, by its latest beat: degraded after 2 missed ones, unreachable after 4. */
export function healthOf({ lastHeartbeatAt }: MeshAgent, now: number, heartbeatMs: number): Health {
  if (lastHeartbeatAt === undefined) return 'unknown';
  const missed = (now - lastHeartbeatAt) / heartbeatMs;
  if (missed >= 4) return 'unreachable';
  return missed >= 2 ? 'degraded' : 'healthy';
}

/** MeshAgent of AXME contract §7. */
export function meshAgentBody(agent: MeshAgent, health: Health, now: number, window: Window): object {
  const reports = agent.reports.filter(({ at }) => at > now - WINDOW_MS[window]);
  return {
    address_id: agent.addressId,
    address: agent.address,
    display_name: agent.displayName,
    health_status: health,
    last_heartbeat_at: agent.lastHeartbeatAt === undefined ? null : dateTime(agent.lastHeartbeatAt),
    created_at: dateTime(agent.createdAt),
    intents_period: reports.reduce((sum, { intents }) => sum + intents, 0),
    cost_period: reports.reduce((sum, { cost }) => sum + cost, 0),
    metadata: Object.keys(agent.metrics).length === 0 ? null : { metrics: agent.metrics },
  };
}
