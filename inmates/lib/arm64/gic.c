// SPDX-License-Identifier: BSD-2-Clause
/*
 * GICv3 of a cell: the distributor filtered by ownership, redistributor frame n is vCPU n, the CPU interface is the machine's own.
 * EOImode 0: the write to EOIR1 also deactivates.
 */
#include "gic.h"
#include "port.h"

#define INTIDS 288
#define INTID_NONE 1020 /* and above: special */

static void (*handlers[INTIDS])(u32 intid);

static u64 frame_of(u32 intid)
{
	if (intid < 32)
		return comm->gicr_gpa + comm->gicr_stride * cpu_index() + GICR_SGI_BASE;
	return comm->gicd_gpa;
}

static void bit_write(u32 intid, u64 reg)
{
	mmio_write32(frame_of(intid) + reg + intid / 32 * 4, 1u << (intid % 32));
}

static void bit_set(u32 intid, u64 reg)
{
	u64 address = frame_of(intid) + reg + intid / 32 * 4;

	mmio_write32(address, mmio_read32(address) | 1u << (intid % 32));
}

void irq_init(void)
{
	u64 redistributor = comm->gicr_gpa + comm->gicr_stride * cpu_index();

	sysreg_write(s3_0_c12_c12_5, 1); /* ICC_SRE_EL1 */
	asm volatile("isb");
	mmio_write32(redistributor + GICR_WAKER, mmio_read32(redistributor + GICR_WAKER) & ~2u);
	mmio_write32(redistributor + GICR_SGI_BASE + GICR_IGROUPR0, ~0u);
	if (cpu_index() == 0)
		mmio_write32(comm->gicd_gpa + GICD_CTLR, mmio_read32(comm->gicd_gpa + GICD_CTLR) | 0x12); /* ARE, group 1 */
	irq_priority_mask(0xff);
	sysreg_write(s3_0_c12_c12_3, 0); /* ICC_BPR1_EL1: as fine as there is */
	sysreg_write(s3_0_c12_c12_4, 0); /* ICC_CTLR_EL1: EOImode 0 */
	sysreg_write(s3_0_c12_c12_7, 1); /* ICC_IGRPEN1_EL1 */
	asm volatile("isb");
}

void irq_handle(u32 intid, void (*handler)(u32 intid))
{
	handlers[intid] = handler;
}

void irq_enable(u32 intid, u32 priority)
{
	mmio_write8(frame_of(intid) + GICD_IPRIORITYR + intid, (u8)priority);
	if (intid >= 32) {
		bit_set(intid, GICD_IGROUPR);
		mmio_write64(comm->gicd_gpa + GICD_IROUTER + 8ull * intid, sysreg_read(mpidr_el1) & 0xff00ffffffull);
	}
	bit_write(intid, GICD_ISENABLER);
}

void irq_disable(u32 intid)
{
	bit_write(intid, GICD_ICENABLER);
}

void irq_priority_mask(u32 priority)
{
	sysreg_write(s3_0_c4_c6_0, priority); /* ICC_PMR_EL1 */
	asm volatile("isb");
}

u32 irq_of_config(u32 irq)
{
	return irq;
}

void irq_send(u32 cpu_mask, u32 number)
{
	asm volatile("dsb ishst" ::: "memory");
	sysreg_write(s3_0_c12_c11_5, ((u64)number << 24) | (cpu_mask & 0xffff)); /* ICC_SGI1R_EL1, affinity 0.0.0 */
	asm volatile("isb");
}

void port_irq(struct frame *frame)
{
	(void)frame;
	for (;;) {
		u32 intid = (u32)sysreg_read(s3_0_c12_c12_0); /* ICC_IAR1_EL1 */

		asm volatile("dsb sy" ::: "memory");
		if (intid >= INTID_NONE)
			return;
		if (intid < INTIDS && handlers[intid] != NULL)
			handlers[intid](intid);
		else if (intid < INTIDS)
			irq_disable(intid);
		sysreg_write(s3_0_c12_c12_1, intid); /* ICC_EOIR1_EL1 */
		asm volatile("isb");
	}
}
