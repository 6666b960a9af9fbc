// countersign/emulator inside the runtime, without a server: its `fetch` is that of the clients.
import { AgentOtpClient } from 'countersign/agent-otp';
import { AxmeClient } from 'countersign/axme';
import { createEmulator } from 'countersign/emulator';
import { LimeLogin } from 'countersign/lime/login';
import { equal, ok } from './expect.mjs';

const ORIGIN = 'http://emulator.test';

async function withEmulator(work) {
  const emulator = createEmulator();
  try {
    await work(emulator);
  } finally {
    await emulator.close();
  }
}

export async function logsInWithoutAServer() {
  await withEmulator(async ({ lime, fetch }) => {
    const { requestId } = lime.createLoginRequest({ difficulty: 10 });
    const login = new LimeLogin({ agentToken: lime.agentToken, baseUrl: `${ORIGIN}/api/v1`, fetch });
    ok((await login.login(requestId)).status, 'it logs in');
  });
}

export async function asksForPermissionWithoutAServer() {
  await withEmulator(async ({ agentOtp, fetch }) => {
    const { apiKey } = agentOtp;
    const client = new AgentOtpClient({ apiKey, baseUrl: `${ORIGIN}/agent-otp`, fetch, WebSocket: false });
    const { id } = await client.requestPermission({ action: 'file.delete' });
    agentOtp.approve(id);
    const { token } = await client.waitForDecision(id, { timeoutMs: 10_000 });
    ok((await client.useToken(id, token)).success, 'its token is good');
    await client.close();
  });
}

export async function observesWithoutAServer() {
  await withEmulator(async ({ axme, fetch }) => {
    const client = new AxmeClient({ apiKey: axme.apiKey, baseUrl: `${ORIGIN}/axme`, fetch });
    const to_agent = axme.agentAddress;
    const id = await client.sendIntent({ intent_type: 'orders.place.v1', to_agent, payload: { order: 7 } });
    const waiting = client.waitFor(id, { timeoutMs: 10_000 });
    axme.resolveIntent(id, { details: { result: { done: true } } });
    equal((await waiting).details.result.done, true, 'the result');
    await client.close();
  });
}
