// The emulator's control routes, as a check of any runtime reaches them: by fetch.

/** @returns the answer's `data` */
export async function control({ emulator }, method, path, body) {
  const response = await fetch(`${emulator.url}/__emulator${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} /__emulator${path}: ${response.status} ${JSON.stringify(answer.error)}`);
  return answer.data;
}

export function createLoginRequest(context, options = {}) {
  return control(context, 'POST', '/lime/login-requests', { difficulty: 12, ...options });
}

export function getLoginRequest(context, requestId) {
  return control(context, 'GET', `/lime/login-requests/${encodeURIComponent(requestId)}`);
}
