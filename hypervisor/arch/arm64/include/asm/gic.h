/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GICv3 in exit-free mode: Group 1 interrupts go straight to the guest, which acknowledges them on the physical CPU
 * interface; the distributor and redistributors are trapped and filtered by ownership (vgic.c), the physical side and the
 * kick are in gicv3.c. Register layouts: Arm IHI 0069 (GICv3/v4), chapter 12.
 */
#ifndef ASM_GIC_H
#define ASM_GIC_H

#include <bulkhead/cell.h>
#include <bulkhead/cpu.h>

#define GIC_KICK_SGI 8             /* above those Linux uses; hidden from all guests */
#define GIC_CELL_STRIDE 0x20000ull /* redistributor frames of a cell: RD and SGI page groups, never those of GICv4 */

/* gicv3.c. arch_irq_init(), arch_irq_undo(), arch_resource_move(), arch_cpu_kick() and arch_cpu_wait() of arch.h are there too. */
int __must_check gic_probe(const struct system_plan *plan); /* -ENODEV with a log line; reads system registers, notes addresses */
int __must_check gic_cpu_init(struct cpu *cpu);             /* root keeps its interrupts; sets up FMO mode, EOImode 0, PMR, kick */
void gic_cpu_exit(struct cpu *cpu);                         /* back to what gic_cpu_init() found, for native root or firmware */
void gic_cpu_quiesce(struct cpu *cpu);                      /* park: the per-CPU reset table; only the kick stays enabled */
/* Interface state a guest starts with (the reset table again, a former owner may have pended something); ICH_HCR_EL2. */
void gic_cpu_enter(struct cpu *cpu, const struct cell *cell);
void gic_fiq(struct cpu *cpu);        /* FIQ taken to EL2: acknowledges and ends what is pending; the caller then gic_service()s */
bool gic_service(struct cpu *cpu);    /* cpu_service(), and no kick is left for a guest to see */
void gic_clear_kick(struct cpu *cpu); /* kick method 1, before the CPU runs a guest again or parks: the wake SGI is off */

/* vgic.c: emulation. gic_cell_create() registers the distributor and redistributor regions in cell->mmio (root too). */
int __must_check gic_cell_check(const struct cell_plan *plan); /* -EINVAL with a log line */
void gic_cell_create(struct cell *cell,
		     const struct cell_plan *plan); /* plan NULL: the root. Fills ich_hcr and gicr_gpa; after gic_probe() */
/*
 * Trapped ICC_* access (EC 0x18). iss: ESR_EL2.ISS; value in/out: the register Xt. Returns SYSREG_DONE, or SYSREG_UNKNOWN if
 * the register is not the GIC's, or SYSREG_DENIED with *cause: the cell must end. Counts the exit unless SYSREG_UNKNOWN.
 */
enum sysreg_result { SYSREG_DONE, SYSREG_UNKNOWN, SYSREG_DENIED };
enum sysreg_result gic_sysreg(struct cpu *cpu, u32 iss, u64 *value, u32 *cause);

/* Affinity a guest sees for its CPU n. Cells: (Aff1, Aff0), 16 to a cluster, so that one SGI target list reaches a cluster. */
static inline u64 vcpu_affinity(const struct cell *cell, u32 vcpu)
{
	return cell_is_root(cell) ? cpu_slots[vcpu].hwid : ((u64)(vcpu >> 4) << 8 | (vcpu & 15));
}

/* --- shared by gicv3.c and vgic.c: the machine's controller, immutable after arch_irq_init() --- */
#define GIC_MAX_FRAMES 256
#define GIC_NO_CPU 0xff

struct gic_region {
	u64 base;
	u64 size;
	u32 shift; /* of a frame's size: 17, with GICv4 18 */
	u32 first; /* number of its first frame */
	u32 frames;
};

struct gic_machine {
	u64 dist;
	u32 irqs;      /* INTIDs 0..irqs - 1 exist */
	u32 method;    /* of the kick; 0: Group 0 SGI, 1: stage-2 pull + Group 1 SGI */
	u32 step;      /* lowest nonzero priority of the distributor as we see it: the highest a guest may use */
	u32 pmr_bits;  /* implemented ones of a priority mask */
	u32 pmr_floor; /* lowest priority mask that lets the kick pass, and no interrupt of a guest */
	u32 ap_count;  /* ICC_AP1R<n>_EL1 registers */
	u32 hidden;    /* SGIs and PPIs no guest sees */
	u32 region_count;
	u32 frame_count;
	struct gic_region region[PLAN_MAX_GICR];
	u64 frame[BULKHEAD_MAX_CPUS]; /* by board CPU */
	u8 frame_cpu[GIC_MAX_FRAMES]; /* board CPU of a frame, or GIC_NO_CPU */
};
extern struct gic_machine gic;

#define GICD_CTLR 0x0000
#define GICD_CTLR_RWP (1u << 31)
#define GICD_CTLR_DS (1u << 6)
#define GICD_CTLR_ARE (1u << 4)  /* ARE_NS in the non-secure view */
#define GICD_CTLR_GRP1 (1u << 1) /* EnableGrp1A in the non-secure view */
#define GICD_CTLR_GRP0 (1u << 0) /* with DS */
#define GICD_TYPER 0x0004
#define GICD_IROUTER 0x6000
#define GIC_PIDR2 0xffe8
#define GIC_PIDR2_ARCH(pidr2) (((pidr2) >> 4) & 15)
/* One bit an interrupt unless said; the distributor's, and at GICR_SGI the redistributor's for INTIDs 0..31. */
#define GIC_IGROUPR 0x0080
#define GIC_ISENABLER 0x0100
#define GIC_ICENABLER 0x0180
#define GIC_ISPENDR 0x0200
#define GIC_ICPENDR 0x0280
#define GIC_ICACTIVER 0x0380
#define GIC_IPRIORITYR 0x0400 /* 8 bits */
#define GIC_ICFGR 0x0c00      /* 2 bits */
#define GICR_CTLR 0x0000
#define GICR_CTLR_LPIS (1u << 0)
#define GICR_CTLR_RWP (1u << 3)
#define GICR_TYPER 0x0008
#define GICR_TYPER_VLPIS (1u << 1)
#define GICR_TYPER_LAST (1u << 4)
#define GICR_SGI 0x10000
#define GIC_DEFAULT_PRIORITY 0xa0

/* Priorities, four to a word, no higher than guests may have: bytes below step, which have only unimplemented bits, become step. */
static inline u32 gic_clamp_priorities(u32 word)
{
	u32 p = word & 0x01010101 * (0x100 - gic.step);
	u32 zero = ~(((p & 0x7f7f7f7f) + 0x7f7f7f7f) | p | 0x7f7f7f7f); /* bit 7 of each zero byte */

	return p | (zero >> 7) * gic.step;
}

#endif
