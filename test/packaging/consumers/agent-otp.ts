// countersign/agent-otp: permission before a risky act.
import {
  AgentOtpClient,
  type AgentOtpClientOptions,
  AgentOtpError,
  ApprovalTimeoutError,
  PermissionDeniedError,
  type PermissionResponse,
  protect,
} from 'countersign/agent-otp';

export async function ask(signal: AbortSignal): Promise<PermissionResponse> {
  const options: AgentOtpClientOptions = { apiKey: 'key' };
  const client = new AgentOtpClient(options);
  const permission = await client.requestPermission({ action: 'files.delete', resource: 'report', signal });
  if (permission.token !== undefined) await client.useToken(permission.id, permission.token);
  await client.close();
  return permission;
}

export const wipe = protect(new AgentOtpClient({ apiKey: 'key' }), {
  action: 'files.delete',
  resource: ({ path }: { path: string }) => path,
})(async ({ path }) => path.length);
export const wiped: Promise<number | string> = wipe({ path: 'report' });

export function why(error: unknown): string {
  if (error instanceof PermissionDeniedError || error instanceof ApprovalTimeoutError) return error.code;
  return error instanceof AgentOtpError ? `${error.status}` : '';
}
