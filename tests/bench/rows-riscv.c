// SPDX-License-Identifier: BSD-2-Clause
/* Trapped registers of the APLIC, firmware calls, and the one interrupt that enters the hypervisor. */
#include "rows.h"

#include "aia.h"

#define OWN_SOURCE 80u /* bench-riscv.dts */
#define IPI_SEND 0
#define RFENCE_SFENCE_VMA 1
#define DBCN_WRITE_BYTE 2

static volatile u32 interrupts;
static volatile bool wanted;

static void registers(void)
{
	u64 aplic = comm->aplic_gpa;
	u64 word = OWN_SOURCE / 32 * 4, each = 4 * OWN_SOURCE;
	u32 bit = 1u << OWN_SOURCE % 32;

	ROW(32, mmio_read32(aplic + APLIC_DOMAINCFG));
	ROW(33, mmio_read32(aplic + APLIC_SOURCECFG + each));
	ROW(34, mmio_write32(aplic + APLIC_SOURCECFG + each, count_ & 1 ? APLIC_SOURCE_EDGE : 0)); /* ends active */
	ROW(35, mmio_write32(aplic + APLIC_TARGET + each, 1u << APLIC_TARGET_HART | 40));
	ROW(36, mmio_read32(aplic + APLIC_TARGET + each));
	ROW(37, mmio_read32(aplic + APLIC_SETIE + word));
	ROW(38, mmio_write32(aplic + APLIC_SETIE + word, 0));
	ROW(39, mmio_write32(aplic + APLIC_SETIE + word, bit));
	ROW(40, mmio_write32(aplic + APLIC_CLRIE + word, bit));
	ROW(41, mmio_write32(aplic + APLIC_SETIENUM, OWN_SOURCE));
	ROW(42, mmio_write32(aplic + APLIC_CLRIENUM, OWN_SOURCE));
	ROW(43, mmio_read32(aplic + APLIC_SETIP + word));
	ROW(44, mmio_write32(aplic + APLIC_IN_CLRIP + word, bit));
	ROW(45, mmio_write32(aplic + APLIC_SETIPNUM_LE, OWN_SOURCE));
	ROW(46, mmio_write32(aplic + APLIC_SETIPNUM_BE, __builtin_bswap32(OWN_SOURCE)));
	ROW(47, mmio_write32(aplic + APLIC_SOURCECFG + each + 4, APLIC_SOURCE_EDGE)); /* not ours */
}

static void calls(void)
{
	ROW(48, sbi_call(SBI_EXT_BASE, 0, 0, 0, 0, 0, 0));
	ROW(49, sbi_call(SBI_EXT_TIME, 0, ~0ull, 0, 0, 0, 0));
	ROW(50, sbi_call(SBI_EXT_RFENCE, RFENCE_SFENCE_VMA, 3, 0, 0, 4096, 0));
	ROW(51, sbi_call(SBI_EXT_IPI, IPI_SEND, 2, 0, 0, 0, 0));
	ROW(52, sbi_call(SBI_EXT_DBCN, DBCN_WRITE_BYTE, '.', 0, 0, 0, 0));
	print("\n");
}

static void on_software(u32 intid)
{
	(void)intid;
	if (cpu_index() != 0) /* of the row that sends them to the second */
		return;
	interrupts++;
	wanted = interrupts < COUNT;
}

/* Interrupts by firmware: each comes to the hypervisor, which makes it the guest's. The second CPU answers each with the next one. */
static void interrupt_row(void)
{
	irq_handle(0, on_software);
	irqs_enable();
	MARK(256 + 2 * 53);
	wanted = true;
	while (interrupts < COUNT)
		arch_relax();
	MARK(257 + 2 * 53);
	irqs_disable();
	irq_handle(0, NULL);
}

void arch_rows(void)
{
	registers();
	calls();
	interrupt_row();
}

void arch_relax(void)
{
	asm volatile(".4byte 0x0100000f" ::: "memory"); /* pause */
}

void arch_other(void)
{
	if (wanted) {
		wanted = false;
		sbi_call(SBI_EXT_IPI, IPI_SEND, 1, 0, 0, 0, 0);
	}
	arch_relax();
}
