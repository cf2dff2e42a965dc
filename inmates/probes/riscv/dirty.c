// SPDX-License-Identifier: BSD-2-Clause
/* Fills every register it can with a pattern, then waits to be destroyed; `registers` on the same CPU must see none of it. */
#include "aia.h"
#include "probe.h"

#define PATTERN 0xd1d1d1d1d1d1d1d1ull
#define SSTATUS_FS (3ull << 13)
#define SSTATUS_VS (3ull << 9)

#define DIRTY(csr)                       \
	do {                             \
		trap_expect(&cause);     \
		csr_write(csr, PATTERN); \
		trap_expect(NULL);       \
	} while (0)

static void interrupts_fill(void)
{
	for (u32 i = 0; i <= comm->imsic_ids / 64; i++) {
		imsic_write(IMSIC_EIP0 + 2 * i, PATTERN);
		imsic_write(IMSIC_EIE0 + 2 * i, PATTERN);
	}
	imsic_write(IMSIC_EITHRESHOLD, PATTERN & 0x3f);
	imsic_write(IMSIC_EIDELIVERY, 1);
	csr_write(CSR_SISELECT, IMSIC_EIE0);
}

static void vectors_fill(void)
{
	u64 cause = 0;

	csr_set(sstatus, SSTATUS_FS | SSTATUS_VS);
	trap_expect(&cause);
	/* fmv.d.x fN, a0; words, for the compiler is told that there are none of these registers */
	asm volatile("mv a0, %0\n.word 0xf2050053" ::"r"(PATTERN) : "a0");
	trap_expect(NULL);
	if (cause == 0)
		asm volatile(
			"mv a0, %0\n.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, "
			"26, 27, 28, 29, 30, 31\n.word 0xf2050053 | (\\n << 7)\n.endr\ncsrw 0x003, a0" ::"r"(PATTERN)
			: "a0");
	cause = 0;
	trap_expect(&cause);
	asm volatile(".word 0x0db072d7" ::: "t0"); /* vsetvli t0, zero, e64, m8, ta, ma */
	trap_expect(NULL);
	if (cause == 0) /* vmv.v.x vN, a0, eight registers each; vcsr */
		asm volatile("mv a0, %0\n.irp n, 0, 8, 16, 24\n.word 0x5e054057 | (\\n << 7)\n.endr\ncsrw 0x00f, a0" ::"r"(PATTERN) : "a0");
}

int main(void)
{
	u64 cause;

	probe_start("dirty");
	vectors_fill();
	interrupts_fill();
	DIRTY(scounteren);
	DIRTY(0x10a); /* senvcfg */
	DIRTY(CSR_STIMECMP);
	DIRTY(0x5a8); /* scontext */
	DIRTY(sepc);
	DIRTY(stval);
	DIRTY(sscratch);
	probe_control(csr_read(sscratch) == PATTERN);
	probe_attack(PATTERN);
	print("probe: done\n");
	asm volatile("mv s2, %0\nmv s3, %0\nmv s4, %0\nmv s5, %0\nmv s6, %0\nmv s7, %0\nmv s8, %0\nmv s9, %0\nmv s10, %0\nmv s11, %0\n"
		     "mv gp, %0\nmv t3, %0\nmv t4, %0\nmv t5, %0\nmv t6, %0\n.globl attack\nattack: wfi\nj attack" ::"r"(PATTERN));
	return 0;
}
