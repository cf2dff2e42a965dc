/* SPDX-License-Identifier: BSD-2-Clause */
/* GICv3 registers for guests; Arm IHI 0069, chapter 12. */
#ifndef INMATE_GIC_H
#define INMATE_GIC_H

#define GICD_CTLR 0x0
#define GICD_TYPER 0x4
#define GICD_SETSPI_NSR 0x40
#define GICD_IGROUPR 0x80
#define GICD_ISENABLER 0x100
#define GICD_ICENABLER 0x180
#define GICD_ISPENDR 0x200
#define GICD_ICPENDR 0x280
#define GICD_ISACTIVER 0x300
#define GICD_ICACTIVER 0x380
#define GICD_IPRIORITYR 0x400
#define GICD_ICFGR 0xc00
#define GICD_IROUTER 0x6000
#define GICR_CTLR 0x0
#define GICR_WAKER 0x14
#define GICR_SGI_BASE 0x10000 /* SGI_base frame: the GICD_* offsets above hold for INTID 0-31 */
#define GICR_IGROUPR0 0x80

#define ICC_PMR_EL1 s3_0_c4_c6_0
#define ICC_IAR1_EL1 s3_0_c12_c12_0
#define ICC_EOIR1_EL1 s3_0_c12_c12_1
#define ICC_BPR1_EL1 s3_0_c12_c12_3
#define ICC_CTLR_EL1 s3_0_c12_c12_4
#define ICC_SRE_EL1 s3_0_c12_c12_5
#define ICC_IGRPEN1_EL1 s3_0_c12_c12_7
#define ICC_SGI1R_EL1 s3_0_c12_c11_5
#define ICC_AP1R0_EL1 s3_0_c12_c9_0
#define ICC_RPR_EL1 s3_0_c12_c11_3
#define ICC_DIR_EL1 s3_0_c12_c11_1

/* SPIs that device-less cells of the tests own: `irqs = <0 128 1>` ... <0 146 1>. No device of the QEMU board uses them. */
#define TEST_INTID_FIRST 160
#define TEST_INTID_ORDER_COUNT 16
#define TEST_INTID_PMR 176
#define TEST_INTID_PMR_COUNT 3

#endif
