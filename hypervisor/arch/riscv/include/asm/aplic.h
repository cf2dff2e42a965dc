/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two halves of the APLIC share: aplic.c drives it, vaplic.c is what guests see of it. RISC-V AIA, chapter 4. */
#ifndef ASM_APLIC_H
#define ASM_APLIC_H

#include <asm/aia.h>
#include <bulkhead/runtime.h>

#define APLIC_DOMAINCFG 0x0000
#define DOMAINCFG_DM (1u << 2) /* delivery by MSI */
#define DOMAINCFG_BE (1u << 0)
#define APLIC_SOURCECFG 0x0000 /* + 4 * source, as for the targets; source 0 does not exist */
#define SOURCECFG_D (1u << 10) /* delegated to a child domain */
#define SOURCECFG_SM 7u
#define SM_INACTIVE 0u
#define SM_DETACHED 1u     /* active, but its wire is ignored */
#define APLIC_SETIP 0x1c00 /* this, in_clrip, setie and clrie: words of bits, and at BANK_NUMBER the same by number */
#define BANK_BITS 0x80
#define BANK_NUMBER 0xdc
#define APLIC_CLRIPNUM 0x1ddc
#define APLIC_CLRIENUM 0x1fdc
#define APLIC_SETIPNUM_LE 0x2000
#define APLIC_SETIPNUM_BE 0x2004
#define APLIC_GENMSI 0x3000
#define GENMSI_BUSY (1u << 12)
#define APLIC_TARGET 0x3000
#define TARGET_HART_SHIFT 18
#define TARGET_GUEST_SHIFT 12
#define TARGET_GUEST (0x3fu << TARGET_GUEST_SHIFT)
#define TARGET_EIID 0x7ffu /* what an interrupt file does not have has no effect there; 0 never has */

/* Immutable after arch_irq_init(). */
extern struct aplic {
	u64 base;
	u32 sources;
	u32 target_of[BULKHEAD_MAX_CPUS]; /* board CPU -> hart and guest index of a target */
} aplic;

static inline u64 aplic_source_reg(u64 bank, u32 source)
{
	return aplic.base + bank + 4ull * source;
}

static inline bool aplic_owns_cpu(const struct cell *cell, u32 cpu)
{
	return cpu < cpu_count && cpu_slots[cpu].cell == cell;
}

/* aplic.c */
void aplic_detach(u32 source);                   /* not enabled, not pending, its wire is ignored */
u32 aplic_first_target(const struct cell *cell); /* of one that owns a CPU; the root: of one that runs, if there is any */

/* vaplic.c */
u32 aplic_cpu_of(u32 hart); /* the board CPU whose interrupt files have this number, or cpu_count */
enum mmio_result aplic_access(struct cpu *cpu, const struct mmio_region *region, u64 offset, struct mmio_access *access);

#endif
