import type { Core } from '../core.js';
import { AxmeRefusal } from '../refusal.js';
import { type Intent, intentBody } from './intent.js';

/** Whether the caller knows the intent's policy as it is; one who does not say is taken to. */
export function checkGeneration({ policy }: Intent, expected: number | null | undefined): boolean {
  return expected === undefined || expected === null || expected === policy.generation;
}

/**
 * How a stale generation is told (AXME contract §2.5.1): `applied` false, or as the settings say
 *
 * @throws {AxmeRefusal} 409.
 */
export function staleAnswer({ settings }: Core, intent: Intent): object {
  const { generation } = intent.policy;
  if (settings.now.staleGeneration === 'conflict') {
    throw new AxmeRefusal(409, 'stale_policy_generation', { extra: { policy_generation: generation } });
  }
  return {
    ok: true,
    applied: false,
    reason: 'stale_policy_generation',
    policy_generation: generation,
    intent: intentBody(intent, settings.now.legacyStatus),
  };
}
