// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trapped accesses to the interrupt controller: each guest gets at what it owns, the rest reads as zero and ignores writes,
 * as a real controller treats interrupts of another security state. The tables below are the whole policy; what no row
 * names is refused. What is owned: SPIs by cell->irq_mask, SGIs and PPIs by the CPU whose redistributor it is.
 *
 * Registers where one word is shared by owners and cannot be written bit by bit (GICD_ICFGR) have config_lock, held for
 * one read and one write. Handlers run on the accessing CPU, without other locks.
 */
#include <asm/gic.h>
#include <asm/port.h>
#include <asm/sysregs.h>
#include <bulkhead/arch.h>
#include <bulkhead/place.h>
#include <bulkhead/runtime.h>

enum policy {
	READ,      /* hardware, read-only */
	BANK_READ, /* own interrupts, read-only */
	BANK_BITS, /* own interrupts; write-one registers */
	BANK_PRIORITY,
	BANK_CONFIG,
	ROUTE,
	DIST_CTLR,
	DIST_TYPER,
	FRAME_CTLR,
	FRAME_TYPER,
	ROOT_LPI, /* the root's own frames: its LPI tables are out of scope, see CAVEATS */
};

struct rule {
	u16 first; /* offset */
	u16 last;
	u8 widths; /* sum of the allowed ones, in bytes */
	u8 shift;  /* log2 of the bits an interrupt has, banks only */
	u8 policy;
};

/* Distributor (INTIDs 32 and up) and, at GICR_SGI, redistributors (0..31). The costly ones first. */
static const struct rule bank_rules[] = {
	{ 0x0400, 0x07fb, 4 | 1, 3, BANK_PRIORITY },
	{ 0x0c00, 0x0cff, 4, 1, BANK_CONFIG },
	{ 0x0100, 0x03ff, 4, 0, BANK_BITS }, /* ISENABLER, ICENABLER, ISPENDR, ICPENDR, ISACTIVER, ICACTIVER */
	{ 0x0080, 0x00ff, 4, 0, BANK_READ }, /* IGROUPR: all a guest has is Group 1 */
};

/* Not here: SETSPI and CLRSPI, which reach any SPI. */
static const struct rule dist_rules[] = {
	{ 0x0000, 0x0003, 4, 0, DIST_CTLR },  { 0x6100, 0x7fdf, 8 | 4, 0, ROUTE },
	{ 0x0004, 0x0007, 4, 0, DIST_TYPER }, { 0x0008, 0x000b, 4, 0, READ }, /* IIDR */
	{ 0xffd0, 0xffff, 4, 0, READ },                                       /* identification */
};

/* Not here: WAKER, which reads as awake; SETLPIR, CLRLPIR; all of GICv4. */
static const struct rule frame_rules[] = {
	{ 0x0000, 0x0003, 4, 0, FRAME_CTLR },   { 0x0008, 0x000f, 8 | 4, 0, FRAME_TYPER },
	{ 0x00a0, 0x00c3, 8 | 4, 0, ROOT_LPI }, /* INVLPIR, INVALLR, SYNCR */
	{ 0x0070, 0x007f, 8 | 4, 0, ROOT_LPI }, /* PROPBASER, PENDBASER */
	{ 0xffd0, 0xffff, 4, 0, READ },         /* identification */
	{ 0x0004, 0x0007, 4, 0, READ },         /* IIDR */
};

static struct ticket_lock config_lock;

static const struct rule *find_rule(const struct rule *rules, u32 count, u64 offset, u32 width)
{
	for (u32 i = 0; i < count; i++)
		if (offset >= rules[i].first && offset <= rules[i].last)
			return rules[i].widths & width && (offset & (width - 1)) == 0 ? &rules[i] : NULL;
	return NULL;
}

/* --- interrupts in banks --- */

/* mask holds one bit for each interrupt of the access, and more. */
static void bank_priority(u64 pa, u32 mask, struct mmio_access *access)
{
	u32 word = gic_clamp_priorities((u32)access->value);

	mask &= (1u << access->width) - 1;
	if (!access->write) /* a bit becomes a byte */
		access->value = (access->width == 1 ? mmio_read8(pa) : mmio_read32(pa)) & ((mask * 0x204081) & 0x01010101) * 0xff;
	else if (mask == 15)
		mmio_write32(pa, word);
	else
		for (u32 i = 0; mask >> i; i++)
			if (mask >> i & 1)
				mmio_write8(pa + i, (u8)(word >> 8 * i));
}

static void bank_config(u64 pa, u32 mask, struct mmio_access *access)
{
	u32 own = mask & 0xffff;

	/* bit n -> bits 2n and 2n + 1 */
	own = (own | own << 8) & 0x00ff00ff;
	own = (own | own << 4) & 0x0f0f0f0f;
	own = (own | own << 2) & 0x33333333;
	own = ((own | own << 1) & 0x55555555) * 3;
	if (!access->write) {
		access->value = mmio_read32(pa) & own;
		return;
	}
	ticket_lock(&config_lock);
	mmio_write32(pa, (mmio_read32(pa) & ~own) | ((u32)access->value & own));
	ticket_unlock(&config_lock);
}

/* owned: one bit per INTID, from 0; the bank has INTIDs low to end - 1, the rest of its words are zero. */
static void bank_access(u64 base, const u64 *owned, u32 low, u32 end, u64 offset, struct mmio_access *access)
{
	const struct rule *rule = find_rule(bank_rules, ARRAY_SIZE(bank_rules), offset, access->width);
	u32 irq, mask;

	if (rule == NULL)
		return;
	/* Set and clear registers repeat every 0x80 bytes, one bit per interrupt. */
	irq = (u32)(rule->shift == 0 ? (offset & 0x7f) * 8 : (offset - rule->first) * 8 >> rule->shift);
	if (irq < low || irq >= end)
		return;
	mask = (u32)(owned[irq / 64] >> irq % 64);
	switch (rule->policy) {
	case BANK_PRIORITY: bank_priority(base + offset, mask, access); break;
	case BANK_CONFIG: bank_config(base + offset, mask, access); break;
	default:
		if (!access->write)
			access->value = mmio_read32(base + offset) & mask;
		else if (rule->policy == BANK_BITS && ((u32)access->value & mask) != 0)
			mmio_write32(base + offset, (u32)access->value & mask);
		break;
	}
}

/* --- distributor --- */

static bool owns_cpu(const struct cell *cell, u32 vcpu)
{
	return cpu_slots[cell->cpus[vcpu]].cell == cell; /* the root keeps numbers of CPUs it gave away */
}

/* IRM is RAZ/WI (GICD_TYPER.No1N): an interrupt of ours always goes to the one CPU named. */
static void dist_route(const struct cell *cell, u64 offset, struct mmio_access *access)
{
	u32 irq = (u32)(offset - GICD_IROUTER) / 8;
	u64 pa = gic.dist + (offset & ~7ull);
	u64 route;

	if (irq >= gic.irqs || !cell_owns_irq(cell, irq) || (access->write && access->width != 8))
		return;
	route = (access->write ? access->value : mmio_read64(pa)) & MPIDR_AFFINITY;
	for (u32 i = 0; i < cell->cpu_count; i++) {
		u64 hwid = cpu_slots[cell->cpus[i]].hwid, virtual = vcpu_affinity(cell, i);

		if (access->write && route == virtual && owns_cpu(cell, i)) {
			mmio_write64(pa, hwid);
			return;
		}
		if (!access->write && route == hwid) {
			access->value = virtual >> 8 * (offset & 7);
			return;
		}
	}
}

static enum mmio_result dist_access(struct cpu *cpu, const struct mmio_region *region, u64 offset, struct mmio_access *access)
{
	const struct cell *cell = cpu->cell;
	const struct rule *rule;
	u64 pa = gic.dist + offset;

	if (!access->write)
		access->value = 0;
	if (offset >= 0x80 && offset < 0x1000) {
		bank_access(gic.dist, cell->irq_mask, 32, gic.irqs, offset, access);
		return MMIO_DONE;
	}
	rule = find_rule(dist_rules, ARRAY_SIZE(dist_rules), offset, access->width);
	if (rule == NULL)
		return MMIO_DONE;
	if (rule->policy == ROUTE)
		dist_route(cell, offset, access);
	if (access->write)
		return MMIO_DONE; /* enables are machine-wide: as the root left them */
	switch (rule->policy) {
	case DIST_CTLR: access->value = mmio_read32(pa) & (GICD_CTLR_RWP | GICD_CTLR_DS | GICD_CTLR_ARE | GICD_CTLR_GRP1); break;
	case DIST_TYPER: /* no message-based SPIs, no 1-of-N, no extended SPIs; cells: no LPIs */
		access->value = (mmio_read32(pa) & ~(1u << 16 | 1u << 8 | (cell_is_root(cell) ? 0 : 1u << 17))) | 1u << 25;
		break;
	case READ: access->value = mmio_read32(pa); break;
	}
	return MMIO_DONE;
}

/* --- redistributors --- */

static void frame_typer(const struct cell *cell, u64 frame, u32 vcpu, u64 offset, struct mmio_access *access)
{
	u64 typer;

	if (cell_is_root(cell))
		typer = mmio_read64(frame + GICR_TYPER);
	else
		typer = vcpu_affinity(cell, vcpu) << 32 | (u64)vcpu << 8 | (vcpu == cell->cpu_count - 1 ? GICR_TYPER_LAST : 0);
	access->value = typer >> 8 * (offset & 7);
}

static void frame_control(const struct cell *cell, u64 pa, struct mmio_access *access)
{
	u32 lpis = cell_is_root(cell) ? GICR_CTLR_LPIS : 0;

	if (!access->write)
		access->value = mmio_read32(pa) & (GICR_CTLR_RWP | lpis);
	else if (lpis)
		mmio_write32(pa, (mmio_read32(pa) & ~lpis) | ((u32)access->value & lpis));
}

static void forward_lpi(u64 pa, struct mmio_access *access)
{
	if (access->width == 8 && access->write)
		mmio_write64(pa, access->value);
	else if (access->width == 8)
		access->value = mmio_read64(pa);
	else if (access->write)
		mmio_write32(pa, (u32)access->value);
	else
		access->value = mmio_read32(pa);
}

/* vcpu: whose frame it is; own: by the ledger. A frame that is not only identifies itself, so that a root can walk them. */
static inline __attribute__((always_inline)) void frame_access(const struct cell *cell, u64 frame, u32 vcpu, bool own, u64 offset,
							       struct mmio_access *access)
{
	const struct rule *rule;
	u64 private = ~gic.hidden;

	if (offset >= GICR_SGI) {
		if (own && offset < 2 * GICR_SGI)
			bank_access(frame + GICR_SGI, &private, 0, 32, offset - GICR_SGI, access);
		return;
	}
	rule = find_rule(frame_rules, ARRAY_SIZE(frame_rules), offset, access->width);
	if (rule == NULL)
		return;
	if (rule->policy == READ && !access->write)
		access->value = mmio_read32(frame + offset);
	else if (rule->policy == FRAME_TYPER && !access->write)
		frame_typer(cell, frame, vcpu, offset, access);
	else if (rule->policy == FRAME_CTLR && own)
		frame_control(cell, frame + offset, access);
	else if (rule->policy == ROOT_LPI && own && cell_is_root(cell))
		forward_lpi(frame + offset, access);
}

static enum mmio_result cell_frames(struct cpu *cpu, const struct mmio_region *region, u64 offset, struct mmio_access *access)
{
	const struct cell *cell = cpu->cell;
	u32 vcpu = (u32)(offset / GIC_CELL_STRIDE);

	if (!access->write)
		access->value = 0;
	if (vcpu < cell->cpu_count)
		frame_access(cell, gic.frame[cell->cpus[vcpu]], vcpu, true, offset % GIC_CELL_STRIDE, access);
	return MMIO_DONE;
}

/* region->host is the number of the hardware's region. */
static enum mmio_result root_frames(struct cpu *cpu, const struct mmio_region *region, u64 offset, struct mmio_access *access)
{
	const struct gic_region *r = &gic.region[region->host];
	u64 n = r->first + (offset >> r->shift);
	u64 frame = r->base + (offset >> r->shift << r->shift);
	u32 board;

	if (!access->write)
		access->value = 0;
	if (n >= r->first + r->frames)
		return MMIO_DONE;
	board = gic.frame_cpu[n];
	frame_access(cpu->cell, frame, board, board != GIC_NO_CPU && cpu_slots[board].cell == cpu->cell, offset - (frame - r->base),
		     access);
	return MMIO_DONE;
}

static void add_region(struct cell *cell, struct mmio_region region)
{
	CHECK(mmio_add(&cell->mmio, region) == 0); /* gic_probe() and gic_cell_check() made sure */
}

void gic_cell_create(struct cell *cell, const struct cell_plan *plan)
{
	u64 frames = gic.region[0].base;

	cell->arch.ich_hcr = plan == NULL ? 0 : ICH_HCR_TC;
	cell->arch.gicr_gpa = frames;
	add_region(cell, (struct mmio_region){ .gpa = { gic.dist, 0x10000 }, .handler = dist_access });
	if (plan != NULL) {
		struct range r = range_make(frames, plan->cpu_count * GIC_CELL_STRIDE);

		add_region(cell, (struct mmio_region){ .gpa = r, .handler = cell_frames });
		return;
	}
	for (u32 i = 0; i < gic.region_count; i++) {
		struct range r = range_make(gic.region[i].base, gic.region[i].size);

		add_region(cell, (struct mmio_region){ .gpa = r, .handler = root_frames, .host = i });
	}
}

int gic_cell_check(const struct cell_plan *plan)
{
	const struct range registers[] = { { gic.dist, 0x10000 }, { gic.region[0].base, plan->cpu_count * GIC_CELL_STRIDE } };
	int err = place_irqs(plan, 0, gic.irqs);

	return err ? err : place_controller(plan, registers, ARRAY_SIZE(registers));
}

/* --- trapped system registers --- */

struct sgi_send {
	u64 cluster; /* affinity without the lowest four bits */
	u64 targets;
};

static void sgi_flush(const struct sgi_send *s, u64 intid)
{
	u64 aff = s->cluster;

	if (s->targets != 0)
		write_sysreg(ICC_SGI1R_EL1, (aff >> 32 & 0xff) << 48 | (aff >> 4 & 15) << 44 | (aff >> 16 & 0xff) << 32 | intid << 24 |
						    (aff >> 8 & 0xff) << 16 | s->targets);
}

/* As on hardware, targets that do not exist are ignored; a CPU of another owner does not exist. */
static void send_sgi(const struct cpu *cpu, u64 value)
{
	const struct cell *cell = cpu->cell;
	u64 intid = value >> 24 & 15, list = value & 0xffff;
	u64 cluster = (value >> 16 & 0xff) << 8 | (value >> 32 & 0xff) << 16 | (value >> 48 & 0xff) << 32 | (value >> 44 & 15) << 4;
	bool others = value >> 40 & 1;
	struct sgi_send s = { 0 };

	if (intid == GIC_KICK_SGI)
		return;
	for (u32 i = 0; i < cell->cpu_count && (others || list != 0); i++) {
		const struct cpu_slot *slot = &cpu_slots[cell->cpus[i]];
		u64 affinity = vcpu_affinity(cell, i);

		if (others ? slot == cpu->slot : (affinity & ~15ull) != cluster || !(list >> (affinity & 15) & 1))
			continue;
		if (!others)
			list &= ~(1ull << (affinity & 15));
		if (slot->cell != cell)
			continue;
		if ((slot->hwid & ~15ull) != s.cluster) {
			sgi_flush(&s, intid);
			s = (struct sgi_send){ .cluster = slot->hwid & ~15ull };
		}
		s.targets |= 1ull << (slot->hwid & 15);
	}
	sgi_flush(&s, intid);
	isb();
}

/* Cells only: with ICH_HCR_EL2.TC their accesses are applied to the physical interface here. */
static void access_pmr(bool read, u64 *value)
{
	u64 mask = *value & gic.pmr_bits;
	u64 vmcr = read_sysreg(ICH_VMCR_EL2) & ~(0xffull << 24);

	/* The virtual register keeps what the guest wrote. 0 would hold the kick off, too; the floor masks the guest's all the same. */
	if (read) {
		*value = read_sysreg(ICH_VMCR_EL2) >> 24 & 0xff;
		return;
	}
	write_sysreg(ICH_VMCR_EL2, vmcr | mask << 24);
	write_sysreg(ICC_PMR_EL1, mask < gic.pmr_floor ? gic.pmr_floor : mask);
}

enum sysreg_result gic_sysreg(struct cpu *cpu, u32 iss, u64 *value, u32 *cause)
{
	bool read = iss & SYSREG_ISS_READ;
	enum exit_reason reason = EXIT_SYSREG;

	(void)cause; /* nothing here ends a cell: a controller ignores what it does not have */
	switch (iss & SYSREG_ISS_MASK) {
	case SYSREG_ISS(3, 0, 12, 11, 5): /* SGI1R */
		reason = EXIT_IPI;
		if (!read)
			send_sgi(cpu, *value);
		break;
	case SYSREG_ISS(3, 0, 12, 11, 6): /* ASGI1R, SGI0R: no other security state, no Group 0 */
	case SYSREG_ISS(3, 0, 12, 11, 7): reason = EXIT_IPI; break;
	case SYSREG_ISS(3, 0, 4, 6, 0): access_pmr(read, value); break;
	case SYSREG_ISS(3, 0, 12, 12, 4): /* CTLR: EOImode 0, whatever is written */
		if (read)
			*value = read_sysreg(ICC_CTLR_EL1);
		break;
	case SYSREG_ISS(3, 0, 12, 11, 1): /* DIR: EOIR has deactivated already */ break;
	case SYSREG_ISS(3, 0, 12, 11, 3): /* RPR */
		if (read)
			*value = read_sysreg(ICC_RPR_EL1);
		break;
	case SYSREG_ISS(3, 0, 12, 12, 5): /* SRE: system registers only */
		if (read)
			*value = 7;
		break;
	default: return SYSREG_UNKNOWN;
	}
	count_exit(cpu, reason);
	return SYSREG_DONE;
}
