// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine's APLIC, whose wired interrupts become messages to interrupt files; what guests see of it is vaplic.c.
 *
 * A target always names guest file 1 of a CPU of the source's owner. This holds at any time, whatever two CPUs of an owner
 * do at once, because no source is ever inactive: hardware may give one that becomes active any target. A guest that makes
 * one inactive gets it detached, not enabled and not pending.
 */
#include <asm/aplic.h>
#include <bulkhead/arch.h>
#include <bulkhead/place.h>

#define BUSY_SPINS 100000

struct aplic aplic;

static u64 idle[CELL_IRQS / 64]; /* detached by us where the root's kernel had or would have it inactive; m */

u32 aplic_first_target(const struct cell *cell)
{
	for (u32 i = 0; i < cell->cpu_count; i++) { /* the root keeps numbers of CPUs it gave away */
		u32 cpu = cell->cpus[i];

		if (aplic_owns_cpu(cell, cpu) && (!cell_is_root(cell) || load_acquire(&cpu_slots[cpu].state) == CPU_GUEST))
			return aplic.target_of[cpu];
	}
	return aplic.target_of[cell->cpus[0]];
}

void aplic_detach(u32 source)
{
	mmio_write32(aplic_source_reg(APLIC_SOURCECFG, source), SM_DETACHED);
	mmio_write32(aplic.base + APLIC_CLRIENUM, source);
	mmio_write32(aplic.base + APLIC_CLRIPNUM, source);
}

int aia_controllers(const struct system_plan *plan, int (*add)(struct range r))
{
	struct range run = range_make(plan->aplic->base, plan->aplic->size);
	int err = 0;

	for (u32 i = 0; i < plan->cpu_count && err == 0; i++) {
		struct range files = plan_imsic_files(plan->imsic, plan->cpu[i].msi_index);

		if (files.start == run.start + run.size) {
			run.size += files.size;
		} else {
			err = add(run);
			run = files;
		}
	}
	return err ? err : add(run);
}

int arch_irq_init(const struct system_plan *plan)
{
	aplic.base = plan->aplic->base;
	aplic.sources = plan->aplic->source_count;
	for (u32 i = 0; i < plan->cpu_count; i++)
		aplic.target_of[i] = plan->cpu[i].msi_index << TARGET_HART_SHIFT | AIA_GUEST_FILE << TARGET_GUEST_SHIFT;
	if ((mmio_read32(aplic.base + APLIC_DOMAINCFG) & (DOMAINCFG_DM | DOMAINCFG_BE)) != DOMAINCFG_DM) {
		log_line("aia: the APLIC at 0x%llx does not deliver by MSI", (unsigned long long)aplic.base);
		return -BH_ENODEV;
	}
	for (u32 i = 1; i <= aplic.sources; i++) {
		if (mmio_read32(aplic_source_reg(APLIC_SOURCECFG, i)) != SM_INACTIVE)
			continue;
		aplic_detach(i);
		mmio_write32(aplic_source_reg(APLIC_TARGET, i), aplic.target_of[0] & ~TARGET_GUEST); /* CPU 0 has not entered yet */
		idle[i / 64] |= BIT64(i % 64);
	}
	return 0;
}

static void leave_idle(u32 source)
{
	u64 config = aplic_source_reg(APLIC_SOURCECFG, source);

	if (idle[source / 64] >> source % 64 & 1 && mmio_read32(config) == SM_DETACHED)
		mmio_write32(config, SM_INACTIVE);
}

void arch_irq_undo(void)
{
	for (u32 i = 1; i <= aplic.sources; i++)
		leave_idle(i);
}

void aplic_retarget(u32 cpu, u32 guest_file)
{
	u32 hart = system_plan.cpu[cpu].msi_index;

	for (u32 i = 1; i <= aplic.sources; i++) {
		u32 target = mmio_read32(aplic_source_reg(APLIC_TARGET, i));

		if (target >> TARGET_HART_SHIFT != hart)
			continue;
		mmio_write32(aplic_source_reg(APLIC_TARGET, i), (target & ~TARGET_GUEST) | guest_file << TARGET_GUEST_SHIFT);
		if (guest_file == 0)
			leave_idle(i);
	}
	/* A message of ours, without identity, comes after all others. */
	mmio_write32(aplic.base + APLIC_GENMSI, hart << TARGET_HART_SHIFT);
	for (u32 i = 0; i < BUSY_SPINS && (mmio_read32(aplic.base + APLIC_GENMSI) & GENMSI_BUSY); i++)
		arch_cpu_relax();
	io_fence();
}

void arch_resource_move(enum ledger_kind kind, struct range r, struct cell *to)
{
	u32 irq = (u32)r.start;

	if (irq == 0 || irq > aplic.sources)
		return;
	aplic_detach(irq);
	mmio_write32(aplic_source_reg(APLIC_TARGET, irq), aplic_first_target(to));
	idle[irq / 64] |= BIT64(irq % 64);
	io_fence();
}

__noinline void arch_irq_send(const struct cell *to, u32 irq)
{
	if (cell_owns_irq(to, irq))
		mmio_write32(aplic.base + APLIC_SETIPNUM_LE, irq);
}

bool arch_irq_page(bool root, u32 cpu, u32 vcpu, struct gpa *gpa, struct pa *pa)
{
	u64 files = plan_imsic_files(system_plan.imsic, system_plan.cpu[cpu].msi_index).start;

	pa->v = files + AIA_GUEST_FILE * PAGE_SIZE;
	gpa->v = root ? files : system_plan.imsic->base + vcpu * PAGE_SIZE;
	return true;
}

/* --- cells --- */

int aia_cell_check(const struct cell_plan *plan)
{
	const struct range registers[] = { { system_plan.aplic->base, system_plan.aplic->size },
					   { system_plan.imsic->base, plan->cpu_count * PAGE_SIZE } };
	int err = place_irqs(plan, 1, system_plan.aplic->source_count);

	return err ? err : place_controller(plan, registers, ARRAY_SIZE(registers));
}

/* Sources the root left with a CPU that is a cell's now: they go to another one, without identity. */
static void recall_targets(const struct cell *root)
{
	u64 target = aplic_source_reg(APLIC_TARGET, 1);
	u32 good = ~0u; /* most have the same hart */

	io_fence();
	for (u32 i = 1, count = aplic.sources; i <= count; i++, target += sizeof(u32)) {
		u32 hart = mmio_read32(target) >> TARGET_HART_SHIFT;

		if (hart == good)
			continue;
		if (aplic_owns_cpu(root, aplic_cpu_of(hart)))
			good = hart;
		else if (cell_owns_irq(root, i))
			mmio_write32(target, aplic_first_target(root));
	}
}

void aia_cell_create(struct cell *cell, const struct cell_plan *plan)
{
	struct range registers = range_make(system_plan.aplic->base, system_plan.aplic->size);
	int err = mmio_add(&cell->mmio, (struct mmio_region){ .gpa = registers, .handler = aplic_access });

	CHECK(err == 0); /* aia_cell_check() made sure */
	cell->comm.aplic_gpa = registers.start;
	cell->comm.imsic_gpa = system_plan.imsic->base;
	cell->comm.imsic_ids = system_plan.imsic->id_count;
	cell->comm.aplic_sources = system_plan.aplic->source_count;
	if (plan != NULL)
		recall_targets(cell_root());
}
