// SPDX-License-Identifier: GPL-2.0-only
/*
 * The APLIC, whose wired interrupts become messages to interrupt files. Every access traps: each guest gets at the sources
 * it owns (cell->irq_mask), the rest reads as zero and ignores writes, as sources of another domain do. policy_of() is the
 * whole policy; what it does not name (genmsi, MSI addresses, all of direct delivery) reads as zero and ignores writes.
 *
 * A target names a CPU of the owner, by the number the owner knows, and always guest file 1 of it: guests see and write
 * Guest Index 0. An active source of an owner never has another target. A source has none while it is inactive and any
 * when it becomes active, so that it gets a good one before it can be enabled: source_lock. What the lock covers is checked
 * under it: an owner changes first, then what belongs to it is changed, under the lock.
 */
#include <asm/aia.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define APLIC_DOMAINCFG 0x0000
#define DOMAINCFG_DM (1u << 2) /* delivery by MSI */
#define DOMAINCFG_BE (1u << 0)
#define APLIC_SOURCECFG 0x0000 /* + 4 * source, as for the targets; source 0 does not exist */
#define SOURCECFG_D (1u << 10) /* delegated to a child domain */
#define SOURCECFG_SM 7u
#define APLIC_SETIP 0x1c00 /* then in_clrip, setie, clrie: each BANK_SIZE, words of bits, at BANK_NUMBER by number */
#define APLIC_SETIE 0x1e00
#define APLIC_CLRIE 0x1f00
#define BANK_SIZE 0x100
#define BANK_BITS 0x80
#define BANK_NUMBER 0xdc
#define APLIC_SETIPNUM_LE 0x2000
#define APLIC_SETIPNUM_BE 0x2004
#define APLIC_GENMSI 0x3000
#define GENMSI_BUSY (1u << 12)
#define APLIC_TARGET 0x3000
#define TARGET_HART_SHIFT 18
#define TARGET_GUEST_SHIFT 12
#define TARGET_GUEST (0x3fu << TARGET_GUEST_SHIFT)
#define TARGET_EIID 0x7ffu
#define BUSY_SPINS 100000

enum policy {
	NOTHING,
	DOMAIN,    /* the machine's, read-only */
	NUMBER,    /* write-only: the number of a source */
	NUMBER_BE, /* the same, big-endian */
	BITS,      /* one bit per source; writes of 1 set or clear */
	SOURCE,    /* this and the next: one register per source */
	TARGET,
};

static struct ticket_lock source_lock;

static void lock_sources(void)
{
	ticket_lock(&source_lock);
	io_fence(); /* the lock orders memory; so are the registers now */
}

static void unlock_sources(void)
{
	io_fence();
	ticket_unlock(&source_lock);
}

static u64 reg(u64 offset)
{
	return system_plan.aplic->base + offset;
}

static u64 source_reg(u64 bank, u32 source)
{
	return reg(bank + 4ull * source);
}

/* --- targets --- */

/* The board CPU whose interrupt files have this number, or cpu_count. Most boards count both alike. */
static u32 board_cpu_of(u32 hart)
{
	const struct blob_cpu *cpu = system_plan.cpu;

	if (hart < cpu_count && cpu[hart].msi_index == hart)
		return hart;
	for (u32 i = 0; i < cpu_count; i++)
		if (cpu[i].msi_index == hart)
			return i;
	return cpu_count;
}

static bool owns_cpu(const struct cell *cell, u32 cpu)
{
	return cpu < cpu_count && cpu_slots[cpu].cell == cell;
}

static u32 target_of(u32 cpu, u32 eiid)
{
	return system_plan.cpu[cpu].msi_index << TARGET_HART_SHIFT | AIA_GUEST_FILE << TARGET_GUEST_SHIFT | eiid;
}

/* The same target if it is the cell's, else its first CPU, and no identity: a message without one has no effect. */
static u32 own_target(const struct cell *cell, u32 target)
{
	u32 cpu = board_cpu_of(target >> TARGET_HART_SHIFT);

	if (owns_cpu(cell, cpu))
		return target_of(cpu, target & TARGET_EIID);
	for (u32 i = 0; i < cell->cpu_count; i++) /* the root keeps numbers of CPUs it gave away */
		if (owns_cpu(cell, cell->cpus[i]) && (!cell_is_root(cell) || load_acquire(&cpu_slots[cell->cpus[i]].state) == CPU_GUEST))
			return target_of(cell->cpus[i], 0);
	return target_of(cell->cpus[0], 0);
}

static u32 target_read(const struct cell *cell, u32 target)
{
	u32 hart = target >> TARGET_HART_SHIFT, cpu = board_cpu_of(hart);

	if (!owns_cpu(cell, cpu))
		return 0;
	return (cell_is_root(cell) ? hart : cpu_slots[cpu].vcpu) << TARGET_HART_SHIFT | (target & TARGET_EIID);
}

/* A CPU or an identity that the guest does not have: no change. */
static void target_write(const struct cell *cell, u64 pa, u32 value)
{
	u32 hart = value >> TARGET_HART_SHIFT, cpu = cpu_count;

	if (cell_is_root(cell))
		cpu = board_cpu_of(hart);
	else if (hart < cell->cpu_count)
		cpu = cell->cpus[hart];
	if (owns_cpu(cell, cpu) && (value & TARGET_EIID) <= system_plan.imsic->id_count)
		mmio_write32(pa, target_of(cpu, value & TARGET_EIID));
}

/* --- trapped accesses --- */

/* A source that was inactive is not enabled, and nobody enables it while we have the lock. */
static void source_write(const struct cell *cell, u32 source, u32 value)
{
	u64 config = source_reg(APLIC_SOURCECFG, source), target = source_reg(APLIC_TARGET, source);
	u32 mode = value & SOURCECFG_SM;
	bool inactive = mmio_read32(config) == 0;

	if (value & SOURCECFG_D || mode == 2 || mode == 3) /* there is no child domain; reserved: inactive */
		mode = 0;
	mmio_write32(config, mode);
	if (inactive && mode != 0)
		mmio_write32(target, own_target(cell, mmio_read32(target)));
}

static bool owns_source(const struct cell *cell, u32 source)
{
	return source != 0 && source <= system_plan.aplic->source_count && cell_owns_irq(cell, source);
}

static u32 own_bits(const struct cell *cell, u32 offset)
{
	u32 first = offset % BANK_BITS * 8;

	return (u32)(cell->irq_mask[first / 64] >> first % 64);
}

static enum policy policy_of(u32 offset)
{
	u32 bank = offset & ~(BANK_SIZE - 1u), at = offset & (BANK_SIZE - 1u);

	if (offset < 0x1000)
		return offset == APLIC_DOMAINCFG ? DOMAIN : SOURCE;
	if (bank >= APLIC_SETIP && bank <= APLIC_CLRIE)
		return at < BANK_BITS ? BITS : at == BANK_NUMBER ? NUMBER : NOTHING;
	if (offset > APLIC_TARGET && offset < APLIC_TARGET + 0x1000)
		return TARGET;
	return offset == APLIC_SETIPNUM_LE ? NUMBER : offset == APLIC_SETIPNUM_BE ? NUMBER_BE : NOTHING;
}

static u32 register_read(const struct cell *cell, enum policy policy, u32 offset)
{
	if (policy >= SOURCE && !owns_source(cell, offset % 0x1000 / 4))
		return 0;
	switch (policy) {
	case DOMAIN:
	case SOURCE: return mmio_read32(reg(offset));
	case TARGET: return target_read(cell, mmio_read32(reg(offset)));
	case BITS: return mmio_read32(reg(offset)) & own_bits(cell, offset);
	default: return 0;
	}
}

static void register_write(const struct cell *cell, enum policy policy, u32 offset, u32 value)
{
	u32 source = offset % 0x1000 / 4;

	if (policy >= SOURCE && !owns_source(cell, source))
		return;
	switch (policy) {
	case SOURCE: source_write(cell, source, value); break;
	case TARGET: target_write(cell, reg(offset), value); break;
	case BITS:
		value &= own_bits(cell, offset);
		if (value != 0)
			mmio_write32(reg(offset), value);
		break;
	case NUMBER_BE:
		value = value >> 24 | (value >> 8 & 0xff00) | (value << 8 & 0xff0000) | value << 24;
		offset = APLIC_SETIPNUM_LE;
		__attribute__((fallthrough));
	case NUMBER:
		if (owns_source(cell, value))
			mmio_write32(reg(offset), value);
		break;
	default: break;
	}
}

static enum mmio_result aplic_access(struct cpu *cpu, const struct mmio_region *region, u64 offset, struct mmio_access *access)
{
	const struct cell *cell = cpu->cell;
	enum policy policy = policy_of((u32)offset);

	if (access->width != 4 || (offset & 3) != 0) {
		access->value = 0;
		return cell_is_root(cell) ? MMIO_DONE : MMIO_DENIED;
	}
	if (!access->write) {
		access->value = register_read(cell, policy, (u32)offset);
	} else if (policy < SOURCE && (offset & ~(BANK_SIZE - 1ull)) != APLIC_SETIE) {
		register_write(cell, policy, (u32)offset, (u32)access->value);
	} else {
		lock_sources();
		register_write(cell, policy, (u32)offset, (u32)access->value);
		unlock_sources();
	}
	return MMIO_DONE;
}

/* --- the physical side --- */

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
	if ((mmio_read32(reg(APLIC_DOMAINCFG)) & (DOMAINCFG_DM | DOMAINCFG_BE)) != DOMAINCFG_DM) {
		log_line("aia: the APLIC at 0x%llx does not deliver by MSI", (unsigned long long)plan->aplic->base);
		return -BH_ENODEV;
	}
	return 0;
}

void arch_irq_undo(void)
{
	/* Targets follow their CPU in and out: aia_cpu_init(), aia_cpu_exit(). */
}

void aplic_retarget(u32 cpu, u32 guest_file)
{
	u32 hart = system_plan.cpu[cpu].msi_index;

	lock_sources();
	for (u32 i = 1; i <= system_plan.aplic->source_count; i++) {
		u64 pa = source_reg(APLIC_TARGET, i);
		u32 target = mmio_read32(pa);

		if (target >> TARGET_HART_SHIFT == hart && mmio_read32(source_reg(APLIC_SOURCECFG, i)) != 0)
			mmio_write32(pa, (target & ~TARGET_GUEST) | guest_file << TARGET_GUEST_SHIFT);
	}
	/* A message of ours, without identity, comes after all others. */
	mmio_write32(reg(APLIC_GENMSI), hart << TARGET_HART_SHIFT);
	for (u32 i = 0; i < BUSY_SPINS && (mmio_read32(reg(APLIC_GENMSI)) & GENMSI_BUSY); i++)
		arch_cpu_relax();
	unlock_sources();
}

/* Inactive: not enabled, not pending, no target. */
void arch_irq_move(u32 irq, struct cell *to)
{
	if (irq == 0 || irq > system_plan.aplic->source_count)
		return;
	lock_sources();
	mmio_write32(reg(APLIC_CLRIE + BANK_NUMBER), irq);
	mmio_write32(source_reg(APLIC_SOURCECFG, irq), 0);
	unlock_sources();
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
	struct range aplic = range_make(system_plan.aplic->base, system_plan.aplic->size);
	struct range files = range_make(system_plan.imsic->base, plan->cpu_count * PAGE_SIZE);

	for (u32 i = 0; i < plan->memory_count + plan->mmio_count + 1; i++) {
		struct range r = range_make(plan->cell->comm_gpa, PAGE_SIZE);

		if (i < plan->memory_count)
			r = range_make(plan->memory[i].gpa, plan->memory[i].size);
		else if (i < plan->memory_count + plan->mmio_count)
			r = range_make(plan->mmio[i - plan->memory_count].gpa, plan->mmio[i - plan->memory_count].size);
		if (range_overlaps(r, aplic) || range_overlaps(r, files)) {
			log_line("cell %s: 0x%llx is where its interrupt controller is", plan->header->name, (unsigned long long)r.start);
			return -BH_EINVAL;
		}
	}
	for (u32 i = 0; i < plan->irq_count; i++) {
		if (plan->irq[i].irq > system_plan.aplic->source_count) {
			log_line("cell %s: the machine has no interrupt %u", plan->header->name, plan->irq[i].irq);
			return -BH_EINVAL;
		}
	}
	return 0;
}

/* Sources the root left with a CPU that is a cell's now. */
static void recall_targets(const struct cell *root)
{
	lock_sources();
	for (u32 i = 1; i <= system_plan.aplic->source_count; i++) {
		u64 pa = source_reg(APLIC_TARGET, i);

		if (cell_owns_irq(root, i) && mmio_read32(source_reg(APLIC_SOURCECFG, i)) != 0)
			mmio_write32(pa, own_target(root, mmio_read32(pa)));
	}
	unlock_sources();
}

void aia_cell_create(struct cell *cell, const struct cell_plan *plan)
{
	struct range aplic = range_make(system_plan.aplic->base, system_plan.aplic->size);
	int err = mmio_add(&cell->mmio, (struct mmio_region){ .gpa = aplic, .handler = aplic_access });

	CHECK(err == 0); /* aia_cell_check() made sure */
	cell->comm.aplic_gpa = aplic.start;
	cell->comm.imsic_gpa = system_plan.imsic->base;
	cell->comm.imsic_ids = system_plan.imsic->id_count;
	cell->comm.aplic_sources = system_plan.aplic->source_count;
	if (plan != NULL)
		recall_targets(cell_root());
}
