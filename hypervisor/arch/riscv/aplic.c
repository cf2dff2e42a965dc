// SPDX-License-Identifier: GPL-2.0-only
/*
 * The APLIC, whose wired interrupts become messages to interrupt files. Every access traps: each guest gets at the sources
 * it owns (cell->irq_mask), the rest reads as zero and ignores writes, as sources of another domain do. So do registers not
 * named in register_read() and register_write(): genmsi, MSI addresses, all of direct delivery.
 *
 * A target names a CPU of the source's owner, by the number the owner knows, and always guest file 1 of it: guests see and
 * write Guest Index 0. This holds at any time, whatever two CPUs of an owner do at once, because no source is ever inactive:
 * hardware may give one that becomes active any target. A guest that makes one inactive gets it detached, not enabled and
 * not pending.
 *
 * No lock: each register belongs to one owner, and an interrupt changes owner in its mask first.
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
#define BUSY_SPINS 100000

/* Immutable after arch_irq_init(). */
static u64 base;
static u32 sources;
static u32 target_of[BULKHEAD_MAX_CPUS]; /* board CPU -> hart and guest index of a target */

static u64 idle[CELL_IRQS / 64]; /* detached by us where the root's kernel had or would have it inactive; m */

static u64 source_reg(u64 bank, u32 source)
{
	return base + bank + 4ull * source;
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

static u32 first_target(const struct cell *cell)
{
	for (u32 i = 0; i < cell->cpu_count; i++) { /* the root keeps numbers of CPUs it gave away */
		u32 cpu = cell->cpus[i];

		if (owns_cpu(cell, cpu) && (!cell_is_root(cell) || load_acquire(&cpu_slots[cpu].state) == CPU_GUEST))
			return target_of[cpu];
	}
	return target_of[cell->cpus[0]];
}

static u32 target_read(const struct cell *cell, u32 source)
{
	u32 target = mmio_read32(source_reg(APLIC_TARGET, source)) & ~TARGET_GUEST, cpu;

	if (cell_is_root(cell))
		return target;
	cpu = board_cpu_of(target >> TARGET_HART_SHIFT);
	return owns_cpu(cell, cpu) ? cpu_slots[cpu].vcpu << TARGET_HART_SHIFT | (target & TARGET_EIID) : 0;
}

/* A CPU the guest does not have: no change. */
static void target_write(const struct cell *cell, u32 source, u32 value)
{
	u32 hart = value >> TARGET_HART_SHIFT, cpu;

	if (!cell_is_root(cell)) {
		if (hart < cell->cpu_count)
			mmio_write32(source_reg(APLIC_TARGET, source), target_of[cell->cpus[hart]] | (value & TARGET_EIID));
		return;
	}
	cpu = board_cpu_of(hart);
	if (!owns_cpu(cell, cpu))
		return;
	mmio_write32(source_reg(APLIC_TARGET, source), target_of[cpu] | (value & TARGET_EIID));
	io_fence(); /* a cell takes the CPU: either it sees the target, or we see that; partner: recall_targets() */
	if (!owns_cpu(cell, cpu))
		mmio_write32(source_reg(APLIC_TARGET, source), first_target(cell));
}

/* --- trapped accesses --- */

static void detach(u32 source)
{
	mmio_write32(source_reg(APLIC_SOURCECFG, source), SM_DETACHED);
	mmio_write32(base + APLIC_CLRIENUM, source);
	mmio_write32(base + APLIC_CLRIPNUM, source);
}

static void source_write(u32 source, u32 value)
{
	u32 mode = value & SOURCECFG_SM;

	if (value & SOURCECFG_D || mode == SM_INACTIVE || mode == 2 || mode == 3) /* no child domain; reserved */
		detach(source);
	else
		mmio_write32(source_reg(APLIC_SOURCECFG, source), mode);
}

static u32 own_bits(const struct cell *cell, u32 offset)
{
	u32 first = offset % BANK_BITS * 8;

	return (u32)(cell->irq_mask[first / 64] >> first % 64);
}

static void number_write(const struct cell *cell, u32 offset, u32 value)
{
	if (cell_owns_irq(cell, value))
		mmio_write32(base + offset, value);
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
			mmio_write32(base + offset, value);
	}
}

static u32 register_read(const struct cell *cell, u32 offset)
{
	u32 source = offset / 4 % 1024;

	switch (offset / 0x1000) {
	case 0: /* domaincfg is the machine's */ return source == 0 || cell_owns_irq(cell, source) ? mmio_read32(base + offset) : 0;
	case 1: return offset >= APLIC_SETIP && offset % 0x100 < BANK_BITS ? mmio_read32(base + offset) & own_bits(cell, offset) : 0;
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

static enum mmio_result aplic_access(struct cpu *cpu, const struct mmio_region *region, u64 offset, struct mmio_access *access)
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
	base = plan->aplic->base;
	sources = plan->aplic->source_count;
	for (u32 i = 0; i < plan->cpu_count; i++)
		target_of[i] = plan->cpu[i].msi_index << TARGET_HART_SHIFT | AIA_GUEST_FILE << TARGET_GUEST_SHIFT;
	if ((mmio_read32(base + APLIC_DOMAINCFG) & (DOMAINCFG_DM | DOMAINCFG_BE)) != DOMAINCFG_DM) {
		log_line("aia: the APLIC at 0x%llx does not deliver by MSI", (unsigned long long)base);
		return -BH_ENODEV;
	}
	for (u32 i = 1; i <= sources; i++) {
		if (mmio_read32(source_reg(APLIC_SOURCECFG, i)) != SM_INACTIVE)
			continue;
		detach(i);
		mmio_write32(source_reg(APLIC_TARGET, i), target_of[0] & ~TARGET_GUEST); /* CPU 0 has not entered yet */
		idle[i / 64] |= BIT64(i % 64);
	}
	return 0;
}

static void leave_idle(u32 source)
{
	u64 config = source_reg(APLIC_SOURCECFG, source);

	if (idle[source / 64] >> source % 64 & 1 && mmio_read32(config) == SM_DETACHED)
		mmio_write32(config, SM_INACTIVE);
}

void arch_irq_undo(void)
{
	for (u32 i = 1; i <= sources; i++)
		leave_idle(i);
}

void aplic_retarget(u32 cpu, u32 guest_file)
{
	u32 hart = system_plan.cpu[cpu].msi_index;

	for (u32 i = 1; i <= sources; i++) {
		u32 target = mmio_read32(source_reg(APLIC_TARGET, i));

		if (target >> TARGET_HART_SHIFT != hart)
			continue;
		mmio_write32(source_reg(APLIC_TARGET, i), (target & ~TARGET_GUEST) | guest_file << TARGET_GUEST_SHIFT);
		if (guest_file == 0)
			leave_idle(i);
	}
	/* A message of ours, without identity, comes after all others. */
	mmio_write32(base + APLIC_GENMSI, hart << TARGET_HART_SHIFT);
	for (u32 i = 0; i < BUSY_SPINS && (mmio_read32(base + APLIC_GENMSI) & GENMSI_BUSY); i++)
		arch_cpu_relax();
	io_fence();
}

void arch_resource_move(enum ledger_kind kind, struct range r, struct cell *to)
{
	u32 irq = (u32)r.start;

	if (irq == 0 || irq > sources)
		return;
	detach(irq);
	mmio_write32(source_reg(APLIC_TARGET, irq), first_target(to));
	idle[irq / 64] |= BIT64(irq % 64);
	io_fence();
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

/* Sources the root left with a CPU that is a cell's now: they go to another one, without identity. */
static void recall_targets(const struct cell *root)
{
	u64 target = source_reg(APLIC_TARGET, 1);
	u32 good = ~0u; /* most have the same hart */

	io_fence();
	for (u32 i = 1, count = sources; i <= count; i++, target += sizeof(u32)) {
		u32 hart = mmio_read32(target) >> TARGET_HART_SHIFT;

		if (hart == good)
			continue;
		if (owns_cpu(root, board_cpu_of(hart)))
			good = hart;
		else if (cell_owns_irq(root, i))
			mmio_write32(target, first_target(root));
	}
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
