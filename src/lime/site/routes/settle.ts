import { LimeError } from '../../errors.js';
import { RequestExpiredError } from '../errors.js';
import type { LimeSite } from '../lime-site.js';
import type { PendingLogin } from './pending-logins.js';

/** What has become of a pending login now that its event is there. The passport is verified here and kept nowhere. */
export async function settleLogin(
  site: Pick<LimeSite, 'verifyPassport'>,
  requestId: string,
  passport: string | null,
  pending: PendingLogin,
  report: (error: unknown) => void,
): Promise<PendingLogin> {
  if (passport === null) return { ...pending, status: 'EXPIRED' };
  try {
    const { agentId, userId, claims } = await site.verifyPassport(passport, { expectedRequestId: requestId });
    return { ...pending, status: 'APPROVED', agentId, userId, claims };
  } catch (error) {
    report(error);
    const status = error instanceof RequestExpiredError ? 'EXPIRED' : 'FAILED';
    return { ...pending, status, code: error instanceof LimeError ? error.code : 'UNEXPECTED_FAILURE' };
  }
}
