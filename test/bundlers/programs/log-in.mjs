// What every bundler is given: a login, and how its proof of work was solved.
import { LimeLogin } from 'countersign/lime/login';

export async function logIn({ apiBase, agentToken, requestId }) {
  const lime = new LimeLogin({ agentToken, baseUrl: apiBase });
  try {
    const { status, proofOfWork } = await lime.login(requestId);
    return { status, kernel: proofOfWork.kernel, transport: proofOfWork.transport };
  } finally {
    await lime.close();
  }
}
