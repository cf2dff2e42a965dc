// SPDX-License-Identifier: GPL-2.0-only
/* mutate SEED FILE: the file with a few bytes changed, cut or doubled, always the same for a seed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

static uint64_t next(uint64_t below)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (state >> 33) % below;
}

int main(int argc, char **argv)
{
	static const uint8_t values[] = { 0, 1, 2, 3, 4, 9, 0x0a, 0x22, 0x7f, 0x80, 0xff };
	static uint8_t data[1 << 20];
	size_t size;
	FILE *f = argc == 3 ? fopen(argv[2], "rb") : NULL;

	if (!f)
		return 2;
	state = strtoull(argv[1], NULL, 0) * 0x9e3779b97f4a7c15ull + 1;
	size = fread(data, 1, sizeof(data), f);
	fclose(f);
	if (!size)
		return 2;
	for (uint64_t n = 1 + next(6); n; n--) {
		size_t at = (size_t)next(size);

		switch (next(4)) {
		case 0: data[at] = (uint8_t)next(256); break;
		case 1: data[at] ^= (uint8_t)(1u << next(8)); break;
		default: /* a whole cell, where offsets and sizes live */
			memset(data + (at & ~3ul), values[next(sizeof(values))], size - (at & ~3ul) < 4 ? size - (at & ~3ul) : 4);
		}
	}
	if (next(8) == 0)
		size = 1 + (size_t)next(size);
	return fwrite(data, 1, size, stdout) == size ? 0 : 1;
}
