// SPDX-License-Identifier: BSD-2-Clause
/*
 * Interrupts of a cell: each CPU's own interrupt file by CSRs, the others' by their pages, wired sources through the APLIC filtered
 * by ownership. A lower identity is the higher priority.
 */
#include "aia.h"

#define IDENTITIES 256

static void (*handlers[IDENTITIES])(u32 identity);

u64 imsic_read(u64 index)
{
	csr_write(CSR_SISELECT, index);
	return csr_read(CSR_SIREG);
}

void imsic_write(u64 index, u64 value)
{
	csr_write(CSR_SISELECT, index);
	csr_write(CSR_SIREG, value);
}

static void enable_set(u32 identity, bool on)
{
	bool were = irqs_disable(); /* a handler selects as well */

	csr_write(CSR_SISELECT, IMSIC_EIE0 + identity / 64 * 2);
	if (on)
		csr_set(CSR_SIREG, 1ull << (identity % 64));
	else
		csr_clear(CSR_SIREG, 1ull << (identity % 64));
	if (were)
		irqs_enable();
}

void imsic_enable(u32 identity)
{
	enable_set(identity, true);
}

bool imsic_pending(u32 identity)
{
	return imsic_read(IMSIC_EIP0 + identity / 64 * 2) >> (identity % 64) & 1;
}

void irq_init(void)
{
	imsic_write(IMSIC_EITHRESHOLD, 0);
	imsic_write(IMSIC_EIDELIVERY, 1);
	if (cpu_index() == 0 && comm->aplic_gpa != 0)
		mmio_write32(comm->aplic_gpa + APLIC_DOMAINCFG, 0x104); /* enabled, by message */
	csr_set(sie, SIE_EXTERNAL | SIE_SOFTWARE);
}

void irq_handle(u32 intid, void (*handler)(u32 intid))
{
	handlers[intid] = handler;
}

void aplic_route(u32 source, u32 mode, u32 cpu, u32 identity)
{
	imsic_enable(identity);
	mmio_write32(comm->aplic_gpa + APLIC_SOURCECFG + 4 * source, mode);
	mmio_write32(comm->aplic_gpa + APLIC_TARGET + 4 * source, cpu << APLIC_TARGET_HART | identity);
	mmio_write32(comm->aplic_gpa + APLIC_SETIENUM, source);
}

void irq_enable(u32 intid, u32 priority)
{
	(void)priority; /* the number is the priority */
	if (intid > WIRED_FIRST)
		aplic_route(intid - WIRED_FIRST, APLIC_SOURCE_EDGE, cpu_index(), intid);
	else
		imsic_enable(intid);
}

void irq_disable(u32 intid)
{
	if (intid > WIRED_FIRST)
		mmio_write32(comm->aplic_gpa + APLIC_CLRIENUM, intid - WIRED_FIRST);
	enable_set(intid, false);
}

void irq_priority_mask(u32 priority)
{
	imsic_write(IMSIC_EITHRESHOLD, priority == 0xff ? 0 : priority);
}

u32 irq_of_config(u32 irq)
{
	return WIRED_FIRST + irq;
}

void irq_send(u32 cpu_mask, u32 number)
{
	asm volatile("fence rw, w" ::: "memory");
	for (u32 cpu = 0; cpu < comm->cpu_count; cpu++)
		if (cpu_mask >> cpu & 1)
			mmio_write32(comm->imsic_gpa + cpu * IMSIC_PAGE + IMSIC_SETEIPNUM, number);
}

void port_irq_external(void)
{
	for (;;) {
		u32 identity = (u32)(csr_swap(CSR_STOPEI, 0) >> 16); /* claimed by the write */

		if (identity == 0)
			return;
		if (identity < IDENTITIES && handlers[identity] != NULL)
			handlers[identity](identity);
		else
			enable_set(identity, false);
	}
}

void port_irq_software(void)
{
	csr_clear(sip, SIE_SOFTWARE);
	if (handlers[0] != NULL)
		handlers[0](0);
}
