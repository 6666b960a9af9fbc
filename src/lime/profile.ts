import { path } from '../http/index.js';
import { readEnvelope } from './envelope.js';
import type { Platform } from './platform.js';
import { type AgentProfile, readProfile } from './profile-wire.js';

/** Asks who the agent is (LIME contract §3.1). */
export function fetchProfile(platform: Platform, signal: AbortSignal): Promise<AgentProfile> {
  return platform.request({
    method: 'GET',
    path: path('/core/agents/me/profile'),
    lane: 'agent',
    signal,
    decode: (response, context) => readProfile(readEnvelope(response, context), response.status),
  });
}
