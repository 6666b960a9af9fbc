import { expect } from 'vitest';
import type { Emulator, LoginRequest } from '../../src/emulator/index.js';
import type { PowAlgorithm } from '../../src/pow/prefix.js';
import { verify } from '../../src/pow/verify.js';

export const ORIGIN = 'http://emulator.test';
export const API = `${ORIGIN}/api/v1`;
export const requestsPath = '/modules/agent-login/requests';
export const approvePath = (id: string) => `${requestsPath}/${encodeURIComponent(id)}/approve`;

/** A difficulty that one nonce in 16 solves: low enough to search, high enough to be wrong. */
export const EASY = 4;

type Question = Pick<LoginRequest, 'challenge' | 'difficulty'>;

/** The smallest nonce that solves the challenge by `algorithm`; with `not`, and does not by that other one. */
export function findNonce(question: Question, algorithm: PowAlgorithm = 'legacy', not?: PowAlgorithm): string {
  for (let nonce = 0; ; nonce++) {
    const answer = { challenge: question.challenge, difficulty: question.difficulty, nonce: String(nonce) };
    if (verify({ ...answer, algorithm }) && !(not && verify({ ...answer, algorithm: not }))) return answer.nonce;
  }
}

/** A nonce that solves the challenge by neither digest. */
export function findWrongNonce(question: Question): string {
  for (let nonce = 0; ; nonce++) {
    const answer = { challenge: question.challenge, difficulty: question.difficulty, nonce: String(nonce) };
    if (!verify({ ...answer, algorithm: 'legacy' }) && !verify({ ...answer, algorithm: 'r14' })) return answer.nonce;
  }
}

/** What the wire says, status and body. */
export async function answerOf(response: Response | Promise<Response>): Promise<{ status: number; body: unknown }> {
  const { status } = await response;
  return { status, body: await (await response).json() };
}

/** Checks a refusal: its status, its code and the shape of its envelope, exactly. */
export async function expectRefusal(response: Response | Promise<Response>, status: number, code: string) {
  const answer = await answerOf(response);
  expect(answer).toEqual({ status, body: { ok: false, error: { code, message: expect.stringMatching(/./) } } });
}

export function post(emulator: Emulator, path: string, headers: Record<string, string>, body?: unknown) {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  return emulator.fetch(API + path, { method: 'POST', headers, ...(text === undefined ? {} : { body: text }) });
}

export function get(emulator: Emulator, path: string, headers: Record<string, string> = {}) {
  return emulator.fetch(API + path, { headers });
}

export function approve(emulator: Emulator, id: string, nonce: unknown, token = emulator.lime.agentToken) {
  return post(emulator, approvePath(id), { 'X-Agent-Token': token }, { pow_nonce: nonce });
}
