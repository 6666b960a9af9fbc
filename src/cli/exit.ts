import * as agentOtp from '../agent-otp/index.js';
import * as axme from '../axme/index.js';
import {
  ApiError,
  AuthenticationError,
  isMcpProtocolError,
  LimeError,
  LimeInputError,
  LoginOutcomeUnknownError,
  McpAuthenticationError,
  McpOutcomeUnknownError,
  PowTimeoutError,
  RateLimitError,
} from '../lime/index.js';

/** What the program ends with, for scripts. */
export const EXIT = {
  ok: 0,
  /** Something that has no number of its own, such as an answer that is not LIME's. */
  failed: 1,
  /** The command line is wrong. Nothing was done. */
  usage: 2,
  /** There is no token or key, or it was refused, by a platform or by an MCP server. */
  authentication: 3,
  /** A platform or an MCP server refused the request: unknown, expired, not allowed. */
  refused: 4,
  /** No proof of work was found in time, or the difficulty is above the limit. */
  proofOfWork: 5,
  /** A platform or an MCP server could not be reached, or asks to be left alone for a while. */
  unavailable: 6,
  /** The login may have been approved, the tool may have run, what was sent may have been done. */
  outcomeUnknown: 7,
  /** The tool was called, and says that it failed; or the intent ended otherwise than completed. */
  toolFailed: 8,
  /** Nobody decided in time, or what was waited for did not come. */
  waitedInVain: 9,
  /** Ended by the user: 128 + SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command line is wrong, and how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError || error instanceof LimeInputError) return EXIT.usage;
  if (error instanceof LoginOutcomeUnknownError || error instanceof McpOutcomeUnknownError) return EXIT.outcomeUnknown;
  if (error instanceof AuthenticationError || error instanceof McpAuthenticationError) return EXIT.authentication;
  if (error instanceof PowTimeoutError) return EXIT.proofOfWork;
  if (error instanceof RateLimitError) return EXIT.unavailable;
  if (error instanceof LimeError && error.retryable) return EXIT.unavailable;
  if (error instanceof ApiError) return error.code === 'INVALID_REQUEST_ID' ? EXIT.usage : EXIT.refused;
  if (isMcpProtocolError(error)) return EXIT.refused;
  if (error instanceof agentOtp.AgentOtpError) return exitCodeOfAgentOtp(error);
  if (error instanceof axme.AxmeError) return exitCodeOfAxme(error);
  return EXIT.failed;
}

function exitCodeOfAgentOtp(error: agentOtp.AgentOtpError): ExitCode {
  if (error instanceof agentOtp.ApprovalTimeoutError) return EXIT.waitedInVain;
  if (error instanceof agentOtp.OutcomeUnknownError) return EXIT.outcomeUnknown;
  if (error instanceof agentOtp.AuthenticationError) return EXIT.authentication;
  if (error instanceof agentOtp.ValidationError && error.status === undefined) return EXIT.usage;
  if (error.retryable) return EXIT.unavailable;
  return error.status === undefined ? EXIT.failed : EXIT.refused;
}

function exitCodeOfAxme(error: axme.AxmeError): ExitCode {
  if (error instanceof axme.AxmeInputError) return error.field === 'apiKey' ? EXIT.authentication : EXIT.usage;
  if (error instanceof axme.AxmeOutcomeUnknownError) return EXIT.outcomeUnknown;
  if (error instanceof axme.AxmeAuthError) return EXIT.authentication;
  // The one of a request has a cause; the other is the wait's own.
  if (error instanceof axme.AxmeTimeoutError && error.cause === undefined) return EXIT.waitedInVain;
  if (error.retryable) return EXIT.unavailable;
  return error.status === undefined ? EXIT.failed : EXIT.refused;
}
