/* SPDX-License-Identifier: GPL-2.0-only */
/* Offsets for assembly, generated; lines "-> NAME value". */
#include <asm/layout.h>
#include <bulkhead/abi/boot.h>
#include <bulkhead/cpu.h>

#define DEFINE(name, value) __asm__ volatile("\n-> " #name " %0" : : "i"(value))

_Static_assert(sizeof(struct trap_frame) == FRAME_SIZE, "entry.S");
_Static_assert(sizeof(struct cpu) <= 4096, "layout.h");

void offsets(void);
void offsets(void)
{
	DEFINE(BOOT_BLOB_SIZE, offsetof(struct boot_block, blob_size));
	DEFINE(CPU_ENTRY_STATE, offsetof(struct cpu, arch.entry));
}
