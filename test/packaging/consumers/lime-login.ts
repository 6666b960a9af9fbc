// countersign/lime/login: a login and nothing else.
import {
  type ApprovalResult,
  AuthenticationError,
  LimeError,
  type LimeErrorCode,
  LimeLogin,
  type LimeLoginOptions,
  type LoginProgress,
  RateLimitError,
} from 'countersign/lime/login';
import { createSolver } from 'countersign/pow';

export async function logIn(requestId: string, signal: AbortSignal): Promise<ApprovalResult> {
  const steps: LoginProgress[] = [];
  const options: LimeLoginOptions = { agentToken: 'token', solver: createSolver() };
  return await new LimeLogin(options).login(requestId, { signal, onProgress: (step) => void steps.push(step) });
}

export function codeOf(error: unknown): LimeErrorCode | undefined {
  if (error instanceof RateLimitError || error instanceof AuthenticationError) return error.code;
  return error instanceof LimeError ? error.code : undefined;
}
