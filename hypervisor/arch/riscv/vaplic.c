// SPDX-License-Identifier: GPL-2.0-only
/*
 * The APLIC as guests see it. Every access traps: each guest gets at the sources it owns (cell->irq_mask), the rest reads as
 * zero and ignores writes, as sources of another domain do. So do registers not named in register_read() and
 * register_write(): genmsi, MSI addresses, all of direct delivery.
 *
 * A target names a CPU of the source's owner, by the number the owner knows, and always guest file 1 of it: guests see and
 * write Guest Index 0.
 *
 * No lock: each register belongs to one owner, and an interrupt changes owner in its mask first.
 */
#include <asm/aplic.h>
#include <bulkhead/arch.h>

/* Most boards count both alike. */
u32 aplic_cpu_of(u32 hart)
{
	const struct blob_cpu *cpu = system_plan.cpu;

	if (hart < cpu_count && cpu[hart].msi_index == hart)
		return hart;
	for (u32 i = 0; i < cpu_count; i++)
		if (cpu[i].msi_index == hart)
			return i;
	return cpu_count;
}

static u32 target_read(const struct cell *cell, u32 source)
{
	u32 target = mmio_read32(aplic_source_reg(APLIC_TARGET, source)) & ~TARGET_GUEST, cpu;

	if (cell_is_root(cell))
		return target;
	cpu = aplic_cpu_of(target >> TARGET_HART_SHIFT);
	return aplic_owns_cpu(cell, cpu) ? cpu_slots[cpu].vcpu << TARGET_HART_SHIFT | (target & TARGET_EIID) : 0;
}

/* A CPU the guest does not have: no change. */
static void target_write(const struct cell *cell, u32 source, u32 value)
{
	u32 hart = value >> TARGET_HART_SHIFT, cpu;

	if (!cell_is_root(cell)) {
		if (hart < cell->cpu_count)
			mmio_write32(aplic_source_reg(APLIC_TARGET, source), aplic.target_of[cell->cpus[hart]] | (value & TARGET_EIID));
		return;
	}
	cpu = aplic_cpu_of(hart);
	if (!aplic_owns_cpu(cell, cpu))
		return;
	mmio_write32(aplic_source_reg(APLIC_TARGET, source), aplic.target_of[cpu] | (value & TARGET_EIID));
	io_fence(); /* a cell takes the CPU: either it sees the target, or we see that; partner: recall_targets() */
	if (!aplic_owns_cpu(cell, cpu))
		mmio_write32(aplic_source_reg(APLIC_TARGET, source), aplic_first_target(cell));
}

static void source_write(u32 source, u32 value)
{
	u32 mode = value & SOURCECFG_SM;

	if (value & SOURCECFG_D || mode == SM_INACTIVE || mode == 2 || mode == 3) /* no child domain; reserved */
		aplic_detach(source);
	else
		mmio_write32(aplic_source_reg(APLIC_SOURCECFG, source), mode);
}

static u32 own_bits(const struct cell *cell, u32 offset)
{
	u32 first = offset % BANK_BITS * 8;

	return (u32)(cell->irq_mask[first / 64] >> first % 64);
}

static void number_write(const struct cell *cell, u32 offset, u32 value)
{
	if (cell_owns_irq(cell, value))
		mmio_write32(aplic.base + offset, value);
}

static void bank_write(const struct cell *cell, u32 offset, u32 value)
{
	u32 at = offset % 0x100;

	if (offset < APLIC_SETIP)
		return;
	if (at == BANK_NUMBER) {
		number_write(cell, offset, value);
	} else if (at < BANK_BITS) {
		value &= own_bits(cell, offset);
		if (value != 0)
			mmio_write32(aplic.base + offset, value);
	}
}

static u32 register_read(const struct cell *cell, u32 offset)
{
	u32 source = offset / 4 % 1024;

	switch (offset / 0x1000) {
	case 0: /* domaincfg is the machine's */ return source == 0 || cell_owns_irq(cell, source) ? mmio_read32(aplic.base + offset) : 0;
	case 1: return offset >= APLIC_SETIP && offset % 0x100 < BANK_BITS ? mmio_read32(aplic.base + offset) & own_bits(cell, offset) : 0;
	case 3: return source != 0 && cell_owns_irq(cell, source) ? target_read(cell, source) : 0;
	default: return 0;
	}
}

static void register_write(const struct cell *cell, u32 offset, u32 value)
{
	u32 source = offset / 4 % 1024;

	switch (offset / 0x1000) {
	case 0:
		if (source != 0 && cell_owns_irq(cell, source))
			source_write(source, value);
		break;
	case 1: bank_write(cell, offset, value); break;
	case 2:
		if (offset == APLIC_SETIPNUM_LE)
			number_write(cell, offset, value);
		else if (offset == APLIC_SETIPNUM_BE)
			number_write(cell, APLIC_SETIPNUM_LE, value >> 24 | (value >> 8 & 0xff00) | (value << 8 & 0xff0000) | value << 24);
		break;
	case 3:
		if (source != 0 && cell_owns_irq(cell, source))
			target_write(cell, source, value);
		break;
	}
}

enum mmio_result aplic_access(struct cpu *cpu, const struct mmio_region *region, u64 offset, struct mmio_access *access)
{
	if (access->width != 4 || (offset & 3) != 0) {
		access->value = 0;
		return cell_is_root(cpu->cell) ? MMIO_DONE : MMIO_DENIED;
	}
	if (access->write)
		register_write(cpu->cell, (u32)offset, (u32)access->value);
	else
		access->value = register_read(cpu->cell, (u32)offset);
	return MMIO_DONE;
}
