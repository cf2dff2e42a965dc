// SPDX-License-Identifier: GPL-2.0-only
/* word NUMBER...: each as a little-endian 64-bit word on standard output, for the parameter page of our guests. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		uint64_t value = strtoull(argv[i], NULL, 0);

		if (fwrite(&value, sizeof(value), 1, stdout) != 1)
			return 1;
	}
	return 0;
}
