/* SPDX-License-Identifier: GPL-2.0-only */
/* Offsets for assembly, generated; lines "-> NAME value". */
#include <asm/layout.h>
#include <bulkhead/abi/boot.h>
#include <bulkhead/cpu.h>

#include "svm.h"

#define DEFINE(name, value) __asm__ volatile("\n-> " #name " %0" : : "i"(value))

_Static_assert(sizeof(struct trap_frame) == FRAME_SIZE, "entry.S");
_Static_assert(sizeof(struct cpu) <= 4096, "layout.h");

void offsets(void);
void offsets(void)
{
	DEFINE(BOOT_BLOB_SIZE, offsetof(struct boot_block, blob_size));
	DEFINE(ENTRY_CR3, offsetof(struct cpu, arch.entry.cr3));
	DEFINE(ENTRY_RSP, offsetof(struct cpu, arch.entry.rsp));
	DEFINE(ENTRY_RESUME, offsetof(struct cpu, arch.entry.resume));
	DEFINE(ENTRY_CR4, offsetof(struct cpu, arch.entry.cr4));
	DEFINE(ENTRY_GDTR, offsetof(struct cpu, arch.entry.gdtr));
	DEFINE(ENTRY_IDTR, offsetof(struct cpu, arch.entry.idtr));
	DEFINE(CPU_NMIS, offsetof(struct cpu, arch.nmis));
	DEFINE(CPU_INDEX, offsetof(struct cpu, index));
	DEFINE(CPU_CALLS, offsetof(struct cpu, calls));
	DEFINE(CPU_EXIT_COUNTERS, offsetof(struct cpu, counters));
	DEFINE(COUNT_TOTAL, EXIT_TOTAL * sizeof(u64));
	DEFINE(COUNT_HYPERCALL, EXIT_HYPERCALL * sizeof(u64));
	DEFINE(CALL_BASE, HYPERCALL_BASE_X86);
	DEFINE(CALL_COUNT, HC_COUNT);
	DEFINE(CALL_UNKNOWN, -BH_ENOSYS);
	DEFINE(VMCB_EXIT_CODE, offsetof(struct vmcb, exit_code));
	DEFINE(VMCB_INJECT, offsetof(struct vmcb, inject));
	DEFINE(VMCB_SHADOW, offsetof(struct vmcb, shadow));
	DEFINE(VMCB_CPL, offsetof(struct vmcb, cpl));
	DEFINE(VMCB_RIP, offsetof(struct vmcb, rip));
	DEFINE(VMCB_RAX, offsetof(struct vmcb, rax));
}
