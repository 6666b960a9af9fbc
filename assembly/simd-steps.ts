// The steps of SHA-256 (FIPS 180-4, §4.1.2) on four lanes. They are inlined one by one: a helper for a whole round, or
// one that also stores the schedule word, costs a fifth of the speed.

// @ts-ignore: decorator
@inline
export function add(x: v128, y: v128): v128 {
  return i32x4.add(x, y);
}

// @ts-ignore: decorator
@inline
export function xor(x: v128, y: v128): v128 {
  return v128.xor(x, y);
}

// @ts-ignore: decorator
@inline
function rotr(x: v128, n: i32): v128 {
  return v128.or(i32x4.shr_u(x, n), i32x4.shl(x, 32 - n));
}

// @ts-ignore: decorator
@inline
export function S0(x: v128): v128 {
  return xor(xor(rotr(x, 2), rotr(x, 13)), rotr(x, 22));
}

// @ts-ignore: decorator
@inline
export function S1(x: v128): v128 {
  return xor(xor(rotr(x, 6), rotr(x, 11)), rotr(x, 25));
}

// @ts-ignore: decorator
@inline
export function s0(x: v128): v128 {
  return xor(xor(rotr(x, 7), rotr(x, 18)), i32x4.shr_u(x, 3));
}

// @ts-ignore: decorator
@inline
export function s1(x: v128): v128 {
  return xor(xor(rotr(x, 17), rotr(x, 19)), i32x4.shr_u(x, 10));
}

// @ts-ignore: decorator
@inline
export function ch(e: v128, f: v128, g: v128): v128 {
  return xor(g, v128.and(e, xor(f, g)));
}

// Majority of a, b and c, from ab = a ^ b and bc = b ^ c.
// @ts-ignore: decorator
@inline
export function maj(ab: v128, bc: v128, b: v128): v128 {
  return xor(b, v128.and(ab, bc));
}
