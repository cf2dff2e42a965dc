// SPDX-License-Identifier: GPL-2.0-only
/*
 * The physical GICv3: finding it, exit-free mode on each CPU, resets between owners, and the kick.
 *
 * With HCR_EL2.FMO = 1 and IMO = 0 a guest's Group 1 registers are the physical ones and its common registers (PMR, CTLR,
 * DIR, RPR) the virtual ones, so the physical PMR and EOImode are set here. Relies on the distributor and redistributors
 * being mapped. No lock: SPI registers are bit-set or byte registers, private ones are written by their own CPU or here
 * while that CPU is parked.
 *
 * The kick is GIC_KICK_SGI, set pending in the target's own redistributor. Method 0: it is Group 0 and arrives as FIQ at
 * EL2. Method 1 (a secure world owns Group 0): the caller has pulled the target's stage 2, a running CPU faults by itself,
 * and the SGI, Group 1, only has to end a WFI; it is enabled in parked CPUs and in one being kicked, never else, so that
 * no guest can see it.
 */
#include <asm/gic.h>
#include <asm/sysregs.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define KICK_BIT (1u << GIC_KICK_SGI)
#define HYP_TIMER_PPI 26
#define WORD_OF(irq) ((u64)(irq) / 32 * 4)
#define RWP_SPINS 100000

struct gic_machine gic;

static struct gic_native {
	u64 vmcr;
	u64 hcr;
	u32 sre;
	u32 pmr;
	u32 ctlr;
	u32 igrpen0;
	u32 bpr0;
	u32 group; /* SGIs and PPIs: group, enable, priorities of the kick's word, trigger of the PPIs */
	u32 enable;
	u32 priority;
	u32 config;
} native[BULKHEAD_MAX_CPUS];

static u32 native_dist_ctlr;
static u32 group0_spis[CELL_IRQS / 32]; /* SPIs we disabled because they are in Group 0 */

int gic_probe(const struct system_plan *plan)
{
	if (plan->gic == NULL || plan->gic->version != 3) {
		log_line("gic: the board describes no GICv3");
		return -BH_ENODEV;
	}
	if (((read_sysreg(ID_AA64PFR0_EL1) >> 24) & 15) == 0 || !(read_sysreg(ICC_SRE_EL2) & ICC_SRE_SRE)) {
		log_line("gic: the CPU interface is not used by system registers");
		return -BH_ENODEV;
	}
	/* One region of the trap table is the distributor's. */
	if (plan->gicr_count >= MMIO_MAX_REGIONS) {
		log_line("gic: %u redistributor regions, at most %u are supported", plan->gicr_count, MMIO_MAX_REGIONS - 1);
		return -BH_ENODEV;
	}
	/* Linux masks by priority (pseudo-NMI) only below this; our root's PMR would no longer mask. */
	if (read_sysreg(ICC_PMR_EL1) < 0x80) {
		log_line("gic: the root masks interrupts by priority; boot it without irqchip.gicv3_pseudo_nmi");
		return -BH_ENODEV;
	}
	gic.dist = plan->gic->gicd_base;
	gic.region_count = plan->gicr_count;
	for (u32 i = 0; i < plan->gicr_count; i++)
		gic.region[i] = (struct gic_region){ .base = plan->gicr[i].base, .size = plan->gicr[i].size };
	return 0;
}

/* Bounded, so that a guest that keeps writing its own registers cannot keep us. */
static void wait_rwp(u64 ctlr, u32 bit)
{
	for (u32 i = 0; i < RWP_SPINS && (mmio_read32(ctlr) & bit); i++)
		arch_cpu_relax();
}

static u8 board_cpu_of(const struct system_plan *plan, u64 typer)
{
	u64 hwid = (typer >> 32 & 0xffffff) | (typer >> 56) << 32;

	for (u32 i = 0; i < plan->cpu_count; i++)
		if (plan->cpu[i].hwid == hwid)
			return (u8)i;
	return GIC_NO_CPU;
}

/* Each region is a row of frames; the last one of the row says so. */
static void find_frames(const struct system_plan *plan, struct gic_region *region)
{
	region->shift = mmio_read64(region->base + GICR_TYPER) & GICR_TYPER_VLPIS ? 18 : 17;
	region->first = gic.frame_count;
	for (u64 at = 0; at + (1ull << region->shift) <= region->size && gic.frame_count < GIC_MAX_FRAMES; at += 1ull << region->shift) {
		u64 typer = mmio_read64(region->base + at + GICR_TYPER);
		u8 cpu = board_cpu_of(plan, typer);

		gic.frame_cpu[gic.frame_count++] = cpu;
		if (cpu != GIC_NO_CPU)
			gic.frame[cpu] = region->base + at;
		region->frames++;
		if (typer & GICR_TYPER_LAST)
			break;
	}
}

static void tame_priorities(u64 base, u32 first, u32 end)
{
	for (u64 pa = base + GIC_IPRIORITYR + first; pa < base + GIC_IPRIORITYR + end; pa += 4)
		mmio_write32(pa, gic_clamp_priorities(mmio_read32(pa)));
}

/* Interrupts nobody would take, and priorities that could hold the kick off. */
static void tame_spis(void)
{
	for (u32 irq = 32; irq < gic.irqs; irq += 32) {
		u32 group0 = gic.method == 0 ? ~mmio_read32(gic.dist + GIC_IGROUPR + WORD_OF(irq)) : 0;

		group0_spis[irq / 32] = group0 & mmio_read32(gic.dist + GIC_ISENABLER + WORD_OF(irq));
		mmio_write32(gic.dist + GIC_ICENABLER + WORD_OF(irq), group0);
	}
	tame_priorities(gic.dist, 32, gic.irqs);
}

static void measure_priorities(void)
{
	u32 pmr = (u32)read_sysreg(ICC_PMR_EL1);
	u32 bits = (u32)ICC_CTLR_PRIBITS(read_sysreg(ICC_CTLR_EL1));
	u32 lowest = 1u << (8 - bits);

	/* The non-secure view of the distributor drops one bit; that of the PMR only if EL3 also takes FIQs. */
	gic.step = gic.method == 0 ? lowest : lowest << 1;
	gic.pmr_bits = 0x100 - lowest;
	gic.pmr_floor = gic.step;
	if (gic.method == 1) {
		write_sysreg(ICC_PMR_EL1, lowest);
		if (read_sysreg(ICC_PMR_EL1) != 0)
			gic.pmr_floor = 0x80 + lowest;
		write_sysreg(ICC_PMR_EL1, pmr);
	}
	gic.ap_count = bits >= 7 ? 4 : bits == 6 ? 2 : 1;
}

int arch_irq_init(const struct system_plan *plan)
{
	u32 arch, typer;

	arch = GIC_PIDR2_ARCH(mmio_read32(gic.dist + GIC_PIDR2));
	if (arch != 3 && arch != 4) {
		log_line("gic: no GICv3 distributor at 0x%llx", (unsigned long long)gic.dist);
		return -BH_ENODEV;
	}
	native_dist_ctlr = mmio_read32(gic.dist + GICD_CTLR);
	typer = mmio_read32(gic.dist + GICD_TYPER);
	gic.irqs = ((typer & 31) + 1) * 32 < 1020 ? ((typer & 31) + 1) * 32 : 1020;
	gic.method = native_dist_ctlr & GICD_CTLR_DS ? 0 : 1;
	arch_facts.kick_method = gic.method;
	gic.hidden = KICK_BIT | 1u << HYP_TIMER_PPI | 1u << (plan->gic->maintenance_intid & 31);
	measure_priorities();
	for (u32 i = 0; i < gic.region_count; i++)
		find_frames(plan, &gic.region[i]);
	for (u32 i = 0; i < plan->cpu_count; i++) {
		if (gic.frame[i] == 0) {
			log_line("gic: cpu %u (0x%llx) has no redistributor", i, (unsigned long long)plan->cpu[i].hwid);
			return -BH_ENODEV;
		}
	}
	tame_spis();
	if (gic.method == 0)
		mmio_write32(gic.dist + GICD_CTLR, native_dist_ctlr | GICD_CTLR_GRP0);
	wait_rwp(gic.dist + GICD_CTLR, GICD_CTLR_RWP);
	return 0;
}

void arch_irq_undo(void)
{
	for (u32 irq = 32; irq < gic.irqs; irq += 32)
		mmio_write32(gic.dist + GIC_ISENABLER + WORD_OF(irq), group0_spis[irq / 32]);
	if (gic.method == 0)
		mmio_write32(gic.dist + GICD_CTLR, native_dist_ctlr);
	wait_rwp(gic.dist + GICD_CTLR, GICD_CTLR_RWP);
}

/* The physical interface of a guest that may take everything: the kick, if it is a FIQ, must never be masked. */
static void interface_open(u32 pmr)
{
	write_sysreg(ICC_CTLR_EL1, 0); /* EOImode 0, separate binary points, no priority mask hints */
	if (gic.method == 0) {
		write_sysreg(ICC_BPR0_EL1, 0);
		write_sysreg(ICC_IGRPEN0_EL1, 1);
	}
	write_sysreg(ICC_PMR_EL1, pmr);
	isb();
}

int gic_cpu_init(struct cpu *cpu)
{
	struct gic_native *n = &native[cpu->index];
	u64 rd = gic.frame[cpu->index], sgi = rd + GICR_SGI;

	cpu->arch.gicr = rd;
	*n = (struct gic_native){
		.vmcr = read_sysreg(ICH_VMCR_EL2),
		.hcr = read_sysreg(ICH_HCR_EL2),
		.sre = (u32)read_sysreg(ICC_SRE_EL2),
		.pmr = (u32)read_sysreg(ICC_PMR_EL1),
		.ctlr = (u32)read_sysreg(ICC_CTLR_EL1),
		.group = mmio_read32(sgi + GIC_IGROUPR),
		.enable = mmio_read32(sgi + GIC_ISENABLER),
		.priority = mmio_read32(sgi + GIC_IPRIORITYR + (GIC_KICK_SGI & ~3u)),
		.config = mmio_read32(sgi + GIC_ICFGR + 4),
	};
	if (gic.method == 0) {
		n->igrpen0 = (u32)read_sysreg(ICC_IGRPEN0_EL1);
		n->bpr0 = (u32)read_sysreg(ICC_BPR0_EL1);
	}
	mmio_write32(sgi + GIC_ICENABLER, (gic.method == 0 ? ~n->group : 0) | gic.hidden);
	wait_rwp(rd + GICR_CTLR, GICR_CTLR_RWP);
	tame_priorities(sgi, 0, 32);
	mmio_write8(sgi + GIC_IPRIORITYR + GIC_KICK_SGI, 0);
	mmio_write32(sgi + GIC_ICPENDR, KICK_BIT);
	mmio_write32(sgi + GIC_ICACTIVER, KICK_BIT);
	if (gic.method == 0) {
		mmio_write32(sgi + GIC_IGROUPR, n->group & ~KICK_BIT);
		mmio_write32(sgi + GIC_ISENABLER, KICK_BIT);
	}
	write_sysreg(ICC_SRE_EL2, n->sre & ~ICC_SRE_ENABLE); /* ICC_SRE_EL1 traps: nobody goes back to memory-mapped mode */
	/* The root goes on reading the PMR and EOImode it had written, now from the virtual interface. */
	write_sysreg(ICH_VMCR_EL2, (u64)n->pmr << 24 | (n->ctlr & ICC_CTLR_EOIMODE ? BIT64(9) : 0));
	write_sysreg(ICH_HCR_EL2, 0);
	interface_open(0xff);
	return 0;
}

void gic_cpu_exit(struct cpu *cpu)
{
	const struct gic_native *n = &native[cpu->index];
	u64 rd = cpu->arch.gicr, sgi = rd + GICR_SGI;
	u32 taken = gic.hidden | (gic.method == 0 ? ~n->group : 0);

	mmio_write32(sgi + GIC_ICENABLER, KICK_BIT);
	wait_rwp(rd + GICR_CTLR, GICR_CTLR_RWP);
	mmio_write32(sgi + GIC_ICPENDR, KICK_BIT);
	mmio_write32(sgi + GIC_ICACTIVER, KICK_BIT);
	if (gic.method == 0) {
		write_sysreg(ICC_IGRPEN0_EL1, n->igrpen0);
		write_sysreg(ICC_BPR0_EL1, n->bpr0);
		mmio_write32(sgi + GIC_IGROUPR, n->group);
	}
	mmio_write32(sgi + GIC_IPRIORITYR + (GIC_KICK_SGI & ~3u), n->priority);
	mmio_write32(sgi + GIC_ISENABLER, n->enable & taken);
	write_sysreg(ICC_CTLR_EL1, n->ctlr);
	write_sysreg(ICC_PMR_EL1, n->pmr);
	write_sysreg(ICC_SRE_EL2, n->sre);
	write_sysreg(ICH_VMCR_EL2, n->vmcr);
	write_sysreg(ICH_HCR_EL2, n->hcr);
	isb();
}

/* Active priorities a guest left behind would hold back interrupts of the next one. */
static void clear_active_priorities(void)
{
	/*
	 * Ended one by one first: where EL3 exists a write to AP1R may be ignored (QEMU ignores all of AP1R0). Any INTID drops the
	 * highest; the kick's is ours, and not active.
	 */
	for (u32 i = 0; i < 128 && read_sysreg(ICC_RPR_EL1) < 0xff; i++) {
		write_sysreg(ICC_EOIR1_EL1, GIC_KICK_SGI);
		isb();
	}
	switch (gic.ap_count) {
	case 4:
		write_sysreg(ICC_AP1R3_EL1, 0);
		write_sysreg(ICC_AP1R2_EL1, 0);
		__attribute__((fallthrough));
	case 2: write_sysreg(ICC_AP1R1_EL1, 0);
	}
	write_sysreg(ICC_AP1R0_EL1, 0);
	if (gic.method == 0) /* only we take Group 0, one at a time: no priority but the kick's */
		write_sysreg(ICC_AP0R0_EL1, 0);
}

/* The reset table of a redistributor's private interrupts, in this order. A pending kick is kept: it is a message to us. */
static const struct {
	u32 offset;
	u32 value;
} frame_reset[] = {
	{ GIC_ICENABLER, ~KICK_BIT },        { GIC_ICPENDR, ~KICK_BIT },          { GIC_ICACTIVER, ~0u },
	{ GIC_IPRIORITYR, 0xa0a0a0a0 },      { GIC_IPRIORITYR + 4, 0xa0a0a0a0 },  { GIC_IPRIORITYR + 8, 0xa0a0a000 }, /* the kick */
	{ GIC_IPRIORITYR + 12, 0xa0a0a0a0 }, { GIC_IPRIORITYR + 16, 0xa0a0a0a0 }, { GIC_IPRIORITYR + 20, 0xa0a0a0a0 },
	{ GIC_IPRIORITYR + 24, 0xa0a0a0a0 }, { GIC_IPRIORITYR + 28, 0xa0a0a0a0 },
};

void gic_cpu_quiesce(struct cpu *cpu)
{
	u64 rd = cpu->arch.gicr, sgi = rd + GICR_SGI;

	write_sysreg(ICC_IGRPEN1_EL1, 0);
	for (u32 i = 0; i < ARRAY_SIZE(frame_reset); i++) {
		mmio_write32(sgi + frame_reset[i].offset, frame_reset[i].value);
		if (i == 0) /* the states below settle only when nothing is being forwarded any more */
			wait_rwp(rd + GICR_CTLR, GICR_CTLR_RWP);
	}
	mmio_write32(sgi + GIC_ICFGR + 4, native[cpu->index].config);
	if (gic.method == 0)
		mmio_write32(sgi + GIC_IGROUPR, ~KICK_BIT);
	clear_active_priorities();
	write_sysreg(ICC_BPR1_EL1, 0);
	mmio_write32(sgi + GIC_ISENABLER, KICK_BIT);
	interface_open(0xff);
	if (gic.method == 1) /* else the kick would not be signalled, and not end a WFI; interrupts are masked here */
		write_sysreg(ICC_IGRPEN1_EL1, 1);
	isb();
}

void gic_cpu_enter(struct cpu *cpu, const struct cell *cell)
{
	if (load_acquire(&cpu->slot->state) == CPU_NATIVE)
		return; /* the root goes on with what it has: gic_cpu_init() */
	gic_cpu_quiesce(cpu);
	gic_clear_kick(cpu);
	/* Method 1: the group starts enabled, or a guest that never touches the GIC could not be woken from WFI. */
	write_sysreg(ICC_IGRPEN1_EL1, gic.method == 1);
	write_sysreg(ICH_VMCR_EL2, 0);
	write_sysreg(ICH_HCR_EL2, cell->arch.ich_hcr);
	/* The root sets its PMR in the virtual interface only; a cell's accesses are applied by gic_sysreg(). */
	interface_open(cell_is_root(cell) ? 0xff : gic.pmr_floor);
}

void gic_fiq(struct cpu *cpu)
{
	u64 sgi = cpu->arch.gicr + GICR_SGI;
	u32 intid;

	if (gic.method != 0)
		return;
	intid = (u32)read_sysreg(ICC_IAR0_EL1) & 0xffffff;
	dsb(sy); /* the acknowledge is seen by the redistributor before we look at what the kick was about */
	if (intid >= ICC_INTID_SPURIOUS)
		return;
	write_sysreg(ICC_EOIR0_EL1, intid);
	isb();
	if (intid < 32 && intid != GIC_KICK_SGI)
		mmio_write32(sgi + GIC_ICENABLER, 1u << intid);
	else if (intid >= 32)
		mmio_write32(gic.dist + GIC_ICENABLER + WORD_OF(intid), 1u << intid % 32);
}

void gic_clear_kick(struct cpu *cpu)
{
	u64 sgi = cpu->arch.gicr + GICR_SGI;

	if (gic.method != 1)
		return;
	mmio_write32(sgi + GIC_ICENABLER, KICK_BIT);
	wait_rwp(cpu->arch.gicr + GICR_CTLR, GICR_CTLR_RWP);
	mmio_write32(sgi + GIC_ICPENDR, KICK_BIT);
	dsb(sy); /* the signal is gone before the CPU looks at guest code again */
}

void arch_cpu_kick(const struct cpu_slot *slot)
{
	u64 sgi = gic.frame[slot->index] + GICR_SGI;

	/* The request is visible before the interrupt, and before we read the state; partner: cpu.c, the parking race. */
	dsb(ish);
	if (gic.method == 1 && load_acquire(&slot->state) == CPU_GUEST && load_acquire(&slot->request) != 0)
		mmio_write32(sgi + GIC_ISENABLER, KICK_BIT);
	mmio_write32(sgi + GIC_ISPENDR, KICK_BIT);
	dsb(sy);
}

bool gic_service(struct cpu *cpu)
{
	bool waited = false;

	while (cpu_service(cpu)) {
		gic_clear_kick(cpu); /* and who kicked meanwhile is looked at again */
		waited = true;
	}
	return waited;
}

static void sleep(struct cpu *cpu)
{
	dsb(sy);
	wfi();
	if (gic.method == 0)
		gic_fiq(cpu);
	else
		mmio_write32(cpu->arch.gicr + GICR_SGI + GIC_ICPENDR, KICK_BIT);
	dsb(sy); /* the kick is taken back before the caller reads the request: one sent later pends again */
}

void arch_cpu_wait(void)
{
	struct cpu *cpu = arch_this_cpu();
	u64 pmr = read_sysreg(ICC_PMR_EL1), group1 = read_sysreg(ICC_IGRPEN1_EL1);

	if (load_acquire(&cpu->slot->state) != CPU_SUSPENDED) {
		sleep(cpu);
		return;
	}
	/* Its guest's interrupts pend, and do not end the sleep. */
	write_sysreg(ICC_PMR_EL1, gic.pmr_floor);
	if (gic.method == 1) {
		write_sysreg(ICC_IGRPEN1_EL1, 1);
		mmio_write32(cpu->arch.gicr + GICR_SGI + GIC_ISENABLER, KICK_BIT);
	}
	isb();
	sleep(cpu);
	write_sysreg(ICC_PMR_EL1, pmr);
	write_sysreg(ICC_IGRPEN1_EL1, group1);
	isb();
}

void arch_resource_move(enum ledger_kind kind, struct range r, struct cell *to)
{
	u32 irq = (u32)r.start;
	u64 word = gic.dist + WORD_OF(irq), bit = 1ull << irq % 32;
	const struct cpu_slot *slot = &cpu_slots[to->cpus[0]];

	if (irq < 32 || irq >= gic.irqs)
		return;
	for (u32 i = 0; i < to->cpu_count; i++) {
		slot = &cpu_slots[to->cpus[i]];
		if (slot->cell == to && (!cell_is_root(to) || load_acquire(&slot->state) == CPU_GUEST))
			break;
	}
	mmio_write32(word + GIC_ICENABLER, (u32)bit);
	wait_rwp(gic.dist + GICD_CTLR, GICD_CTLR_RWP);
	mmio_write32(word + GIC_ICPENDR, (u32)bit);
	mmio_write32(word + GIC_ICACTIVER, (u32)bit);
	mmio_write8(gic.dist + GIC_IPRIORITYR + irq, GIC_DEFAULT_PRIORITY);
	if (gic.method == 0)
		mmio_write32(word + GIC_IGROUPR, mmio_read32(word + GIC_IGROUPR) | (u32)bit);
	mmio_write64(gic.dist + GICD_IROUTER + 8ull * irq, slot->hwid);
	dsb(sy);
}

void arch_irq_send(const struct cell *to, u32 irq)
{
	dsb(sy);
	if (irq >= 32 && irq < gic.irqs && cell_owns_irq(to, irq))
		mmio_write32(gic.dist + GIC_ISPENDR + WORD_OF(irq), 1u << irq % 32);
}
