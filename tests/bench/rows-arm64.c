// SPDX-License-Identifier: BSD-2-Clause
/* Trapped registers of the GICv3 and firmware calls. */
#include "rows.h"

#define PSCI_VERSION 0x84000000u
#define OWN_IRQ 132u /* bench-arm64.dts */

u64 hvc_call(u64 function, u64 a, u64 b, u64 c);

static u32 read32(u64 address)
{
	return *(const volatile u32 *)address;
}

static void write32(u64 address, u32 value)
{
	*(volatile u32 *)address = value;
}

static void distributor_rows(void)
{
	u64 gicd = comm->gicd_gpa;
	u64 word = OWN_IRQ / 32 * 4;

	ROW(32, read32(gicd + 0x4));                                 /* TYPER */
	ROW(33, read32(gicd + 0x100 + word));                        /* ISENABLER */
	ROW(34, write32(gicd + 0x100 + word, 0));                    /* ISENABLER, nothing */
	ROW(35, write32(gicd + 0x100 + word, 1u << OWN_IRQ % 32));   /* ISENABLER, our own */
	ROW(36, write32(gicd + 0x180 + word, 1u << OWN_IRQ % 32));   /* ICENABLER */
	ROW(37, write32(gicd + 0x400 + OWN_IRQ, 0x80808080));        /* IPRIORITYR, four of which one is ours */
	ROW(38, read32(gicd + 0x400 + OWN_IRQ));                     /* IPRIORITYR */
	ROW(39, write32(gicd + 0xc00 + OWN_IRQ / 16 * 4, 0));        /* ICFGR */
	ROW(40, *(volatile u64 *)(gicd + 0x6000 + 8 * OWN_IRQ) = 0); /* IROUTER */
}

static void redistributor_rows(void)
{
	u64 frame = comm->gicr_gpa;
	u64 sgis = frame + 0x10000;

	ROW(41, *(const volatile u64 *)(frame + 0x8)); /* TYPER */
	ROW(42, read32(sgis + 0x100));                 /* ISENABLER0 */
	ROW(43, write32(sgis + 0x100, 2));             /* ISENABLER0 */
	ROW(44, write32(sgis + 0x400, 0x80808080));    /* IPRIORITYR */
}

void arch_rows(void)
{
	distributor_rows();
	redistributor_rows();
	ROW(45, hvc_call(PSCI_VERSION, 0, 0, 0));
}

void arch_relax(void)
{
	asm volatile("yield");
}

void arch_other(void)
{
	cpu_idle();
}
