/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Memory and string functions; compilers call the mem* ones too. Whole words where both pointers allow it: scrubbing a page
 * is the hypervisor's longest loop. Code built with -mstrict-align never takes the word path on odd addresses.
 */
#include <bulkhead/string.h>

#include <stdint.h>

typedef uint64_t __attribute__((may_alias)) word;

/* Keeps the compiler from recognising a loop as the very function it is in. */
#define OPAQUE(p) __asm__("" : "+r"(p))

static size_t words_possible(uintptr_t addresses, size_t count)
{
	return (addresses & (sizeof(word) - 1)) == 0 ? count / sizeof(word) : 0;
}

void *memset(void *to, int value, size_t count)
{
	word *w = to;
	word pattern = (unsigned char)value * 0x0101010101010101ull;
	size_t words = words_possible((uintptr_t)to, count);

	for (size_t n = words / 16; n > 0; n--, w += 16) { /* 128 bytes a round; in pairs, where there are such stores */
		w[0] = w[1] = w[2] = w[3] = w[4] = w[5] = w[6] = w[7] = pattern;
		w[8] = w[9] = w[10] = w[11] = w[12] = w[13] = w[14] = w[15] = pattern;
		OPAQUE(w);
	}
	for (size_t n = words % 16; n > 0; n--) {
		*w++ = pattern;
		OPAQUE(w);
	}
	unsigned char *b = (unsigned char *)w;
	for (size_t n = count - words * sizeof(word); n > 0; n--) {
		*b++ = (unsigned char)value;
		OPAQUE(b);
	}
	return to;
}

/* Upwards, and nothing is written before it was read where `to` is below `from`: memmove() relies on it. */
void *memcpy(void *to, const void *from, size_t count)
{
	word *tw = to;
	const word *fw = from;
	size_t words = words_possible((uintptr_t)to | (uintptr_t)from, count);

	for (size_t n = words / 8; n > 0; n--, tw += 8, fw += 8) {
		word a = fw[0], b = fw[1], c = fw[2], d = fw[3], e = fw[4], f = fw[5], g = fw[6], h = fw[7];

		tw[0] = a, tw[1] = b, tw[2] = c, tw[3] = d, tw[4] = e, tw[5] = f, tw[6] = g, tw[7] = h;
		OPAQUE(tw);
	}
	for (size_t n = words % 8; n > 0; n--) {
		*tw++ = *fw++;
		OPAQUE(tw);
	}
	unsigned char *tb = (unsigned char *)tw;
	const unsigned char *fb = (const unsigned char *)fw;
	for (size_t n = count - words * sizeof(word); n > 0; n--) {
		*tb++ = *fb++;
		OPAQUE(tb);
	}
	return to;
}

void *memmove(void *to, const void *from, size_t count)
{
	if ((uintptr_t)to - (uintptr_t)from >= count) /* also when to is below from: copying upwards is safe */
		return memcpy(to, from, count);

	word *tw = to;
	const word *fw = from;
	size_t words = count % sizeof(word) == 0 ? words_possible((uintptr_t)to | (uintptr_t)from, count) : 0;

	for (size_t n = words; n-- > 0;) { /* as tables move up */
		tw[n] = fw[n];
		OPAQUE(tw);
	}
	unsigned char *tb = to;
	const unsigned char *fb = from;
	for (size_t n = count - words * sizeof(word); n-- > 0;) {
		tb[n] = fb[n];
		OPAQUE(tb);
	}
	return to;
}

int memcmp(const void *a, const void *b, size_t count)
{
	const unsigned char *x = a;
	const unsigned char *y = b;

	for (; count > 0; count--, x++, y++) {
		if (*x != *y)
			return *x < *y ? -1 : 1;
	}
	return 0;
}

size_t strlen(const char *s)
{
	const char *end = s;

	while (*end != '\0') {
		end++;
		OPAQUE(end);
	}
	return (size_t)(end - s);
}

int strncmp(const char *a, const char *b, size_t count)
{
	for (; count > 0; count--, a++, b++) {
		if (*a != *b)
			return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
		if (*a == '\0')
			break;
	}
	return 0;
}
