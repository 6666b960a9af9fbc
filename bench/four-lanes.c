/* SHA-256 of challenge and nonce, four nonces at a time in 128-bit vectors, straight from FIPS 180-4: no midstate, no
 * prepared sums, every word of the schedule worked out for every nonce. For a challenge of at most 44 bytes.
 * Reads "so many milliseconds" a line and answers "hashes ms hits". */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

typedef uint32_t lanes __attribute__((vector_size(16)));

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
    0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
    0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
    0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};
static const uint32_t INITIAL[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

#define ROTR(x, n) (((x) >> (n)) | ((x) << (32 - (n))))

/* Digest word 0 of each lane's block. */
static lanes digest0(lanes w[16]) {
  lanes s[8];
  for (int i = 0; i < 8; i++) s[i] = (lanes){0} + INITIAL[i];
  lanes a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
#pragma GCC unroll 64
  for (int i = 0; i < 64; i++) {
    if (i >= 16) {
      lanes x = w[(i - 15) & 15], y = w[(i - 2) & 15];
      w[i & 15] += (ROTR(x, 7) ^ ROTR(x, 18) ^ (x >> 3)) + w[(i - 7) & 15] + (ROTR(y, 17) ^ ROTR(y, 19) ^ (y >> 10));
    }
    lanes t1 = h + (ROTR(e, 6) ^ ROTR(e, 11) ^ ROTR(e, 25)) + (g ^ (e & (f ^ g))) + K[i] + w[i & 15];
    lanes t2 = (ROTR(a, 2) ^ ROTR(a, 13) ^ ROTR(a, 22)) + ((a & b) | (c & (a | b)));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  return s[0] + a;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc < 2 || strlen(argv[1]) > 44) return 1;
  const size_t length = strlen(argv[1]), tail = length + 4, word = tail / 4, shift = 40 - 8 * (tail % 4);
  uint64_t digits[1000];
  for (int n = 0; n < 1000; n++)
    digits[n] = (uint64_t)(0x303030 + (n / 100 << 16 | n / 10 % 10 << 8 | n % 10)) << shift;

  unsigned head = 1000;
  for (long budget; scanf("%ld", &budget) == 1;) {
    double start = now(), elapsed = 0;
    long hashes = 0, hits = 0;
    while (elapsed < budget) {
      /* Four digits in front stay for a thousand nonces; the last three lie in one word or two. */
      char block[65] = {0};
      sprintf(block, "%s%04u", argv[1], head);
      block[length + 7] = (char)0x80;
      block[62] = (char)((length + 7) * 8 >> 8);
      block[63] = (char)((length + 7) * 8);
      uint32_t text[16];
      memcpy(text, block, 64);
      for (int i = 0; i < 16; i++) text[i] = __builtin_bswap32(text[i]);
      for (int n = 0; n < 1000; n += 4) {
        lanes w[16], high, low;
        for (int i = 0; i < 16; i++) w[i] = (lanes){0} + text[i];
        for (int lane = 0; lane < 4; lane++) high[lane] = digits[n + lane] >> 32, low[lane] = digits[n + lane];
        w[word] |= high;
        w[word + 1] |= low;
        lanes found = digest0(w);
        for (int lane = 0; lane < 4; lane++) hits += found[lane] == 0;
      }
      head = head < 9999 ? head + 1 : 1000;
      hashes += 1000;
      elapsed = now() - start;
    }
    /* The hits are told so that the compiler does not leave the work out. */
    printf("%ld %f %ld\n", hashes, elapsed, hits);
    fflush(stdout);
  }
  return 0;
}
