import type { Agent } from '../accounts.js';
import { issueBindingPassport } from '../passports/passports.js';
import type { LimePlatform } from '../platform.js';

/** Where the portal sends the browser when a person has picked an agent. */
export interface CompletedBinding {
  /** The site's `redirect_uri` with what the portal adds. */
  readonly redirectUrl: string;
  /** What the site exchanges for the passport. */
  readonly bindingCode: string;
}

/** What the portal does when a person has picked an agent; `undefined` if the binding is not pending. */
export async function completeBinding(
  platform: LimePlatform,
  bindingId: string,
  agent: Agent,
): Promise<CompletedBinding | undefined> {
  const completed = platform.bindings.complete(bindingId, agent);
  const binding = platform.bindings.get(bindingId);
  if (completed === undefined || binding === undefined) return undefined;
  const { code, origin } = completed;
  const url = new URL(binding.redirectUri);
  if (platform.settings.now.bindingRedirect === 'code') url.searchParams.set('binding_code', code);
  else url.searchParams.set('passport', await issueBindingPassport(platform, agent, bindingId, origin));
  return { redirectUrl: url.href, bindingCode: code };
}
