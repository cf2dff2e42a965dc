// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random encodings for insn.c, most of them around the opcodes that are decoded.
 *
 * usage: insn-random SEED COUNT [DIRECTORY]   those that are decoded become seeds of the libFuzzer target there
 */
#include "insn.h"

#include <stdio.h>
#include <stdlib.h>

#include <asm/insn.h>

static u64 seed;

static u32 random_below(u32 n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(seed >> 33) % n;
}

static void generate(u8 *bytes)
{
	static const u8 prefixes[] = { 0x66, 0x67, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3 };
	static const u8 opcodes[] = { 0x88, 0x89, 0x8a, 0x8b, 0xa0, 0xa1, 0xa2, 0xa3, 0xc6, 0xc7, 0x63, 0x0f, 0x0f, 0x0f };
	u32 n = 0;

	for (u32 i = 0; i < INSN_MAX; i++)
		bytes[i] = (u8)random_below(256);
	for (u32 count = random_below(4); n < count;)
		bytes[n++] = prefixes[random_below(sizeof(prefixes))];
	if (random_below(2))
		bytes[n++] = (u8)(0x40 | random_below(16));
	if (random_below(8) == 0)
		return;
	bytes[n] = opcodes[random_below(sizeof(opcodes))];
	if (bytes[n++] == 0x0f && random_below(4))
		bytes[n++] = (u8)(0xb6 | (random_below(2) ? 8 : 0) | random_below(2));
	if (bytes[n - 1] >= 0xc6 && random_below(4)) /* /0 */
		bytes[n] &= 0xc7;
}

static bool write_seed(const char *directory, u32 number, u32 mode, const u8 *bytes)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%u", directory, number);
	f = fopen(path, "wb");
	return f != NULL && fputc((int)mode, f) != EOF && fwrite(bytes, 1, INSN_MAX, f) == INSN_MAX && fclose(f) == 0;
}

int main(int argc, char **argv)
{
	u32 accepted = 0, differ = 0, count = argc > 2 ? (u32)strtoul(argv[2], NULL, 0) : 0;

	if (argc < 3 || argc > 4)
		return fprintf(stderr, "usage: insn-random SEED COUNT [DIRECTORY]\n"), 2;
	seed = strtoull(argv[1], NULL, 0);
	for (u32 i = 0; i < count && differ < 20; i++) {
		u8 bytes[INSN_MAX];
		u32 mode = random_below(INSN_MODES);

		generate(bytes);
		int result = insn_compare(mode, bytes);
		accepted += result == 1;
		differ += result < 0;
		if (result == 1 && argc == 4 && !write_seed(argv[3], accepted, mode, bytes))
			return perror(argv[3]), 2;
	}
	printf("# %u encodings, %u decoded by both\n", count, accepted);
	return differ != 0 || accepted < count / 20;
}
