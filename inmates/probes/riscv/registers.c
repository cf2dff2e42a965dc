// SPDX-License-Identifier: BSD-2-Clause
/* Looks for what an earlier owner of this CPU left behind (see dirty): "left NAME NUMBER: VALUE" for each register, and the number. */
#include "aia.h"
#include "probe.h"

#define PATTERN 0xd1d1d1d1ull
#define SSTATUS_FS (3ull << 13)
#define SSTATUS_VS (3ull << 9)

static u64 left;

static void look(const char *name, u64 number, u64 value)
{
	/* Some registers are narrower or keep some bits: half a pattern is enough. */
	if ((value & 0xffff) != (PATTERN & 0xffff) && (value >> 48) != (PATTERN & 0xffff) && (value >> 16 & 0xffff) != (PATTERN & 0xffff))
		return;
	print("left %s 0x%lx: 0x%lx\n", name, number, value);
	left++;
}

/* These are zero in a new interrupt file. */
static void look_zero(const char *name, u64 number, u64 value)
{
	if (value == 0)
		return;
	print("left %s 0x%lx: 0x%lx\n", name, number, value);
	left++;
}

#define LOOK(csr)                                                                \
	do {                                                                     \
		u64 seen_ = 0;                                                   \
		trap_expect(&cause);                                             \
		asm volatile("csrr %0, " CSR_TEXT(csr) : "+r"(seen_)::"memory"); \
		trap_expect(NULL);                                               \
		look("csr", csr, seen_);                                         \
	} while (0)

static void interrupts_look(void)
{
	look_zero("eidelivery", 0, imsic_read(IMSIC_EIDELIVERY));
	look_zero("eithreshold", 0, imsic_read(IMSIC_EITHRESHOLD));
	for (u32 i = 0; i <= comm->imsic_ids / 64; i++) {
		look_zero("eip", 2 * i, imsic_read(IMSIC_EIP0 + 2 * i));
		look_zero("eie", 2 * i, imsic_read(IMSIC_EIE0 + 2 * i));
	}
}

static void floats_look(void)
{
	u64 cause = 0, value[32] = { 0 };

	trap_expect(&cause);
	asm volatile(".word 0xe2000053" ::); /* fmv.x.d zero, f0 */
	trap_expect(NULL);
	if (cause != 0)
		return;
	/* fsd fN, 8 * N(a0); words, for the compiler is told that there are none of these registers */
	asm volatile("mv a0, %0\n.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, "
		     "26, 27, 28, 29, 30, 31\n.word 0x00053027 | (\\n << 20) | ((\\n / 4) << 25) | ((\\n %% 4) << 10)\n.endr" ::"r"(value)
		     : "a0", "memory");
	for (u32 i = 0; i < 32; i++)
		look("f", i, value[i]);
	look_zero("csr", 3, csr_read(0x003));
}

static void vectors_look(void)
{
	u64 cause = 0, value[32] = { 0 };

	trap_expect(&cause);
	asm volatile(".word 0x0d8072d7" ::: "t0"); /* vsetvli t0, zero, e64, m1, ta, ma */
	trap_expect(NULL);
	if (cause != 0)
		return;
	/* vmv.x.s a0, vN: each one's first element */
	asm volatile("mv a1, %0\n.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, "
		     "26, 27, 28, 29, 30, 31\n.word 0x42002557 | (\\n << 20)\nsd a0, 8 * \\n(a1)\n.endr" ::"r"(value)
		     : "a0", "a1", "memory");
	for (u32 i = 0; i < 32; i++)
		look("v", i, value[i]);
	look_zero("csr", 15, csr_read(0x00f));
}

int main(void)
{
	static volatile u64 own = PATTERN;
	u64 cause;

	probe_start("registers");
	print("general 0x%lx\n", port_start_residue);
	left += port_start_residue != 0;
	csr_set(sstatus, SSTATUS_FS | SSTATUS_VS);
	interrupts_look();
	floats_look();
	vectors_look();
	LOOK(0x106); /* scounteren */
	LOOK(0x10a); /* senvcfg */
	LOOK(CSR_STIMECMP);
	LOOK(0x5a8); /* scontext */
	csr_write(sscratch, own);
	probe_control(csr_read(sscratch) == PATTERN);
	probe_attack(PATTERN);
	asm volatile(".globl attack\nattack: nop");
	probe_survived(left);
	return 0;
}
