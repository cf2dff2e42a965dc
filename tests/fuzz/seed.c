/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes the seeds of the corpus: good blobs of each kind, with the fuzz target's choice byte in front. usage: seed DIRECTORY */
#include <stdio.h>
#include <stdlib.h>

#include "parts.h"

static struct blob blob;

static void write_seed(const char *directory, const char *name, int choice)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "wb");
	if (f == NULL || fputc(choice, f) == EOF || fwrite(blob.data, 1, blob.size, f) != blob.size || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	static struct system_parts system_parts;
	static struct cell_parts cell;

	if (argc != 2)
		return 2;
	parts_system(&system_parts, BULKHEAD_ARCH_ARM64, 2);
	parts_emit_system(&system_parts, &blob);
	write_seed(argv[1], "system-arm64", 0x3);
	parts_system(&system_parts, BULKHEAD_ARCH_FAKE, 1);
	parts_emit_system(&system_parts, &blob);
	write_seed(argv[1], "system-fake", 0x1);
	parts_system(&system_parts, BULKHEAD_ARCH_RISCV, 2);
	parts_emit_system(&system_parts, &blob);
	write_seed(argv[1], "system-riscv", 0x9);
	parts_cell(&cell, BULKHEAD_ARCH_ARM64, "small");
	parts_emit_cell(&cell, &blob);
	write_seed(argv[1], "cell-small", 0x2);
	cell.memory[1] = (struct blob_cell_memory){ .gpa = 0x50000000, .size = 0x1000, .host = 0x11000000, .flags = BLOB_MEM_READ };
	cell.memory_count = 2;
	cell.mmio[0] = (struct blob_cell_mmio){ .gpa = 0x9000000, .size = 0x1000, .host = 0x9040000, .widths = 0xf };
	cell.mmio[1] = (struct blob_cell_mmio){ .gpa = 0x9001100, .size = 0x20, .host = 0x9050100, .widths = 0x4 };
	cell.mmio[2] = (struct blob_cell_mmio){ .gpa = 0x9001200, .size = 4, .host = 0x9050200, .widths = 0x4, .keep = 0xff };
	cell.mmio_count = 3;
	cell.irq[0].irq = 40;
	cell.irq_count = 1;
	parts_emit_cell(&cell, &blob);
	write_seed(argv[1], "cell-full", 0x2);
	write_seed(argv[1], "cell-full-repaired", 0x6);
	cell.irq[0].flags = BLOB_IRQ_EDGE;
	cell.window[0] = (struct blob_cell_window){
		.gpa = 0x60000000,
		.irq = 40,
		.window = { .size = 0x10000, .doorbells = 1, .channel = "data", .members = { "root", "small" } },
	};
	cell.window_count = 1;
	parts_emit_cell(&cell, &blob);
	write_seed(argv[1], "cell-window", 0x2);
	cell.window_count = 0;
	cell.header.arch = BULKHEAD_ARCH_RISCV;
	cell.irq[0].irq = 1;
	parts_emit_cell(&cell, &blob);
	write_seed(argv[1], "cell-riscv", 0x8);
	cell.header.arch = BULKHEAD_ARCH_X86;
	parts_emit_cell(&cell, &blob);
	write_seed(argv[1], "cell-x86", 0x10);
	return 0;
}
