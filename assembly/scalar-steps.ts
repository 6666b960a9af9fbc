// The steps of SHA-256 (FIPS 180-4, §4.1.2) on one lane.

// @ts-ignore: decorator
@inline
export function S0(x: i32): i32 {
  return rotr<i32>(rotr<i32>(rotr<i32>(x, 9) ^ x, 11) ^ x, 2);
}

// @ts-ignore: decorator
@inline
export function S1(x: i32): i32 {
  return rotr<i32>(rotr<i32>(rotr<i32>(x, 14) ^ x, 5) ^ x, 6);
}

// @ts-ignore: decorator
@inline
export function s0(x: i32): i32 {
  return rotr<i32>(rotr<i32>(x, 11) ^ x, 7) ^ (x >>> 3);
}

// @ts-ignore: decorator
@inline
export function s1(x: i32): i32 {
  return rotr<i32>(rotr<i32>(x, 2) ^ x, 17) ^ (x >>> 10);
}

// @ts-ignore: decorator
@inline
export function ch(e: i32, f: i32, g: i32): i32 {
  return g ^ (e & (f ^ g));
}

// Majority of a, b and c, from ab = a ^ b and bc = b ^ c.
// @ts-ignore: decorator
@inline
export function maj(ab: i32, bc: i32, b: i32): i32 {
  return b ^ (ab & bc);
}
